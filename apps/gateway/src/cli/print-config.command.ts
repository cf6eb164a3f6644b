import { maskSecrets } from '../config/mask-secrets.js';
import { gatewaySchema } from '../config/schema/gateway.schema.js';
import type { Command } from './command.js';
import { EXIT_OK } from './io.js';
import { displayName, loadOrReport } from './load-or-report.js';

export const printConfigCommand: Command = {
  usage: 'print-config',
  summary: 'print the effective configuration as YAML, secrets masked',
  takesFile: false,
  async run(file, io, setup) {
    const loaded = loadOrReport(file, io, setup);
    if (typeof loaded === 'number') return loaded;
    const { stringify } = await import('yaml');
    const masked = maskSecrets(loaded.config, gatewaySchema(setup.extensions));
    const source = displayName(loaded, io) ?? 'no file';
    io.stdout.write(`# ${source}, revision ${loaded.revision}\n`);
    const text = stringify(masked, { lineWidth: 0, aliasDuplicateObjects: false });
    // What is printed can be a file again, so what was not a variable must not become one.
    io.stdout.write(text.replaceAll('${', () => '$${'));
    return EXIT_OK;
  },
};
