import { QuestionError, readQuestion } from '../pipeline/question.js';
import type { Explanation } from '../pipeline/explain.js';
import type { Command } from './command.js';
import { EXIT_OK, EXIT_USAGE } from './io.js';
import { loadOrReport } from './load-or-report.js';

/** Answers from the configuration alone: what limits, breakers and the cache of a running gateway hold is not known. */
export const explainCommand: Command = {
  usage: 'explain URL',
  summary: 'tell what would become of a request, without sending it',
  takesFile: false,
  takesWord: true,
  options: ['method', 'header', 'client', 'json'],
  async run(file, io, setup, { method, header, client, json = false }, url) {
    if (setup.explain === undefined) throw new Error('nothing can be explained here');
    try {
      const question = readQuestion({ method, url, header, client });
      const loaded = loadOrReport(file, io, setup);
      if (typeof loaded === 'number') return loaded;
      const explanation = await setup.explain(loaded, question);
      io.stdout.write(json ? `${JSON.stringify(explanation, null, 2)}\n` : format(explanation));
      return EXIT_OK;
    } catch (error) {
      if (!QuestionError.is(error)) throw error;
      io.stderr.write(`sluice: ${error.message}\n`);
      return EXIT_USAGE;
    }
  },
};

function format({ request, refusedWith, route, stages, otherRoutes }: Explanation): string {
  const lines = [`${request.method} ${request.scheme}://${request.host}${request.path}${request.query}`];
  lines.push(refusedWith === null ? `route ${route ?? '-'}` : `refused: ${refusedWith}`);
  for (const { name, tells } of stages) {
    lines.push(`  ${name}`);
    for (const [key, value] of Object.entries(tells)) lines.push(`    ${key}: ${JSON.stringify(value)}`);
  }
  if (otherRoutes.length > 0) lines.push('other routes');
  for (const { id, because } of otherRoutes) {
    const why = because.map(({ part, wanted }) => `${part} is not ${wanted}`).join(', ');
    lines.push(`  ${id}: ${why === '' ? 'the other is more specific' : why}`);
  }
  return `${lines.join('\n')}\n`;
}
