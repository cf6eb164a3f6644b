import { checkCommand } from './check.command.js';
import type { Command } from './command.js';
import { explainCommand } from './explain.command.js';
import { generateCommand } from './generate.command.js';
import { printConfigCommand } from './print-config.command.js';
import { routesCommand } from './routes.command.js';
import { simulateCommand } from './simulate.command.js';

const startCommand: Command = {
  usage: 'start',
  summary: 'start the gateway',
  takesFile: false,
  options: ['demo'],
  run: (file, io, setup, { demo = false }) => setup.start({ file, demo }, io),
};

/** All commands, in the order of the help. */
export const commands: ReadonlyMap<string, Command> = new Map([
  ['start', startCommand],
  ['check', checkCommand],
  ['print-config', printConfigCommand],
  ['routes', routesCommand],
  ['explain', explainCommand],
  ['generate', generateCommand],
  ['simulate', simulateCommand],
]);
