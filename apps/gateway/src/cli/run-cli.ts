import { parseArgs } from 'node:util';
import { didYouMean } from '../config/nearest-name.js';
import type { CliSetup, CommandOptions } from './command.js';
import { commands } from './commands.js';
import { helpText, USAGE } from './help.js';
import { EXIT_OK, EXIT_USAGE, type CliIo } from './io.js';
import { readVersion } from './version.js';

/**
 * Runs one command line.
 *
 * @param argv the arguments alone, without node and the script
 * @returns the exit code: 0, 64 for a wrong command line, 78 for a wrong configuration, or what `setup.start` gives
 */
export async function runCli(argv: readonly string[], io: CliIo, setup: CliSetup): Promise<number> {
  const parsed = parse(argv);
  if (typeof parsed === 'string') return refuse(parsed, io);
  const { values, positionals } = parsed;
  if (values.help) {
    io.stdout.write(helpText(commands));
    return EXIT_OK;
  }
  if (values.version) {
    io.stdout.write(`sluice ${readVersion()}\n`);
    return EXIT_OK;
  }
  const [name, ...words] = positionals;
  if (name === undefined) return refuse('no command given', io);
  const command = commands.get(name);
  if (command === undefined) {
    const hint = didYouMean(name, commands.keys());
    return refuse(`unknown command ${JSON.stringify(name)}${hint === undefined ? '' : `; ${hint}`}`, io);
  }
  const { subjects } = command;
  if (subjects !== undefined && !subjects.has(words[0]))
    return refuse(`${name} what? ${[...subjects.keys()].join(', ')}`, io);
  const taken = new Set([...(command.options ?? []), ...(subjects?.get(words[0]) ?? [])]);
  const stray = optionNames.find((option) => values[option] !== undefined && !taken.has(option));
  if (stray !== undefined) return refuse(`--${stray} goes with ${commandsWith(stray).join(', ')}`, io);
  const given = subjects === undefined ? words : words.slice(1);
  const { takesWord = false } = command;
  if (takesWord && given.length !== 1) return refuse(`usage: sluice ${command.usage}`, io);
  const files = takesWord ? [] : given;
  if (files.length > (command.takesFile ? 1 : 0))
    return refuse(`${name} takes ${command.takesFile ? 'one file' : 'no file; use --config FILE'}`, io);
  if (files.length > 0 && values.config !== undefined) return refuse('give FILE or --config, not both', io);
  return command.run(files[0] ?? values.config, io, setup, values, words[0] ?? '');
}

const optionNames = [
  'demo',
  'out',
  'target',
  'runbooks',
  'method',
  'header',
  'client',
  'traffic',
  'duration',
  'seed',
  'route',
  'keys',
  'latency-ms',
  'failures',
  'json',
] as const satisfies readonly (keyof CommandOptions)[];

/** The commands that take an option, with the subject where only one of several does. */
function commandsWith(option: keyof CommandOptions): string[] {
  return [...commands].flatMap(([name, { options, subjects = new Map<string, readonly string[]>() }]) =>
    options?.includes(option) === true
      ? [name]
      : [...subjects].flatMap(([subject, own]) => (own.includes(option) ? [`${name} ${subject}`] : [])),
  );
}

/** The arguments, or what is wrong with them. */
function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        config: { type: 'string' },
        demo: { type: 'boolean' },
        out: { type: 'string' },
        target: { type: 'string' },
        runbooks: { type: 'string' },
        method: { type: 'string' },
        header: { type: 'string', multiple: true },
        client: { type: 'string' },
        traffic: { type: 'string' },
        duration: { type: 'string' },
        seed: { type: 'string' },
        route: { type: 'string' },
        keys: { type: 'string' },
        'latency-ms': { type: 'string' },
        failures: { type: 'string' },
        json: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
        version: { type: 'boolean', short: 'v' },
      },
    });
  } catch (error) {
    // Its messages are made for users: "Unknown option '--confg'".
    return (error as Error).message.split('. ')[0];
  }
}

function refuse(message: string, io: CliIo): number {
  io.stderr.write(`sluice: ${message}\n${USAGE} (sluice --help)\n`);
  return EXIT_USAGE;
}
