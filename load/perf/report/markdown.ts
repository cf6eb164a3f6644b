import { markdownTable } from '../../peers/report/table.ts';
import type { Verdict } from '../verdict.ts';
import { notesOf, verdictLine, verdictTable } from './verdict-table.ts';

/** For a pull request: the verdict, then the rules that are not `ok`, then all of them, folded away. */
export function markdownOf(verdict: Verdict): string {
  const { results, labels, environment: env, seed, quick } = verdict;
  const telling = results.filter(({ judgement }) => judgement !== 'ok');
  const about = [
    `base: ${labels.base}`,
    `head: ${labels.head}`,
    `Node ${env.node}, Linux ${env.kernel}, ${env.cpuCount} x ${env.cpuModel}`,
    `seed ${seed}${quick ? ', quick' : ''}`,
  ];
  return `${[
    `**${verdictLine(verdict)}**`,
    ...(telling.length === 0 ? [] : [markdownTable(verdictTable(telling))]),
    ...notesOf(verdict).map((note) => `- ${note}`),
    `<details><summary>All ${results.length} rules</summary>`,
    markdownTable(verdictTable(results)),
    '</details>',
    about.join('; '),
  ].join('\n\n')}\n`;
}
