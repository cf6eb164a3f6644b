import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { SimulationResult } from '../simulate/result/simulation-result.js';
import type { Command, CommandOptions } from './command.js';
import { EXIT_OK, type CliIo } from './io.js';
import { loadOrReport } from './load-or-report.js';

/** What was asked for cannot be written (EX_CANTCREAT of sysexits.h). */
const EXIT_UNWRITABLE = 73;

/** Runs traffic through the policies of the configuration on virtual time, and tells what became of it. */
export const simulateCommand: Command = {
  usage: 'simulate',
  summary: 'replay traffic through the limits, breakers and retries, a day in seconds',
  takesFile: false,
  options: ['traffic', 'duration', 'seed', 'route', 'keys', 'latency-ms', 'failures', 'json', 'out'],
  async run(file, io, setup, options) {
    const loaded = loadOrReport(file, io, setup);
    if (typeof loaded === 'number') return loaded;
    // Loaded on demand: the policies bring the libraries along that they come from.
    const { simulate, simulationOptions, SimulationInputError } = await import('../simulate/index.js');
    try {
      const result = simulate(simulationOptions(loaded.config, loaded.revision, options, io.cwd));
      return await report(result, io, options);
    } catch (error) {
      if (!SimulationInputError.is(error)) throw error;
      io.stderr.write(`sluice: ${error.message}\n`);
      return error.exitCode;
    }
  },
};

async function report(result: SimulationResult, io: CliIo, { json = false, out }: CommandOptions): Promise<number> {
  const { svgPlot, textReport } = await import('../simulate/index.js');
  const data = `${JSON.stringify(result, null, 2)}\n`;
  io.stdout.write(json ? data : textReport(result));
  if (out === undefined) return EXIT_OK;
  try {
    const folder = resolve(io.cwd, out);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'simulation.svg'), svgPlot(result));
    writeFileSync(join(folder, 'simulation.json'), data);
  } catch (error) {
    io.stderr.write(`sluice: --out ${out}: cannot be written (${(error as NodeJS.ErrnoException).code})\n`);
    return EXIT_UNWRITABLE;
  }
  if (!json) io.stdout.write(`wrote ${join(out, 'simulation.svg')} and ${join(out, 'simulation.json')}\n`);
  return EXIT_OK;
}
