import { formatProblems } from '../config/config-error.js';
import type { Command } from './command.js';
import { EXIT_OK, EXIT_USAGE } from './io.js';
import { displayName, loadOrReport } from './load-or-report.js';

export const checkCommand: Command = {
  usage: 'check [FILE]',
  summary: 'say whether a configuration is valid, or everything that is wrong with it',
  takesFile: true,
  async run(file, io, setup) {
    const loaded = loadOrReport(file, io, setup);
    if (typeof loaded === 'number') return loaded;
    if (loaded.file === null) {
      io.stderr.write('sluice: no file to check: name one, set GATEWAY_CONFIG, or go where gateway.yaml is\n');
      return EXIT_USAGE;
    }
    const lines = formatProblems(loaded.warnings, displayName(loaded, io)).split('\n');
    if (loaded.warnings.length > 0) io.stderr.write(lines.map((line) => `warning: ${line}\n`).join(''));
    const { routes, upstreams } = loaded.config;
    const counts = [count(routes.length, 'route'), count(Object.keys(upstreams).length, 'upstream')];
    io.stdout.write(`${displayName(loaded, io)}: valid, ${counts.join(', ')}\n`);
    return EXIT_OK;
  },
};

function count(amount: number, noun: string): string {
  return `${amount} ${noun}${amount === 1 ? '' : 's'}`;
}
