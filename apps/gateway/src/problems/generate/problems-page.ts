import { markdownTable } from '../../config/generate/markdown-table.js';
import type { Fault, ProblemType } from '../problem-type.js';
import { Problem } from '../problem.js';
import { problems } from '../registry.js';
import { renderProblem } from '../render-problem.js';

const actor: Readonly<Record<Fault, string>> = {
  client: 'the caller',
  upstream: 'the service behind the gateway',
  gateway: 'the operator of the gateway',
};

/** docs/problems.md */
export function generateProblemsPage(types: readonly ProblemType[] = Object.values(problems)): string {
  return `${[INTRODUCTION, example(), AFTER_EXAMPLE, overview(types), ...types.flatMap(section)].join('\n\n')}\n`;
}

const INTRODUCTION = `# Problems

<!-- Generated from apps/gateway/src/problems/registry.ts by \`make generate\`. Do not edit. -->

What the gateway cannot do it answers with a problem, as RFC 9457 defines it: \`application/problem+json\`, never cached. For a request that no route takes:`;

const AFTER_EXAMPLE = `- \`code\` is stable: match on it, in clients as in alerts. \`type\` is the same as a URN.
- \`detail\` is for people and may change. It never tells of the inside: no address, no stack, no configuration.
- \`instance\` is the path that was asked for, in the [form that was matched](request-path.md#the-normal-form-of-a-path). It is missing when no path could be read.
- \`requestId\` is the value of \`X-Request-ID\`, which the upstream gets as well. It is missing when what came in was no HTTP.

A reply that has begun cannot turn into a problem: when an upstream fails in the middle of a body, the client's connection is cut, so that the body never looks complete. Stages of your own bring [problems of their own](custom-stages.md), and controllers of the control plane answer with \`control-<status>\`.`;

function example(): string {
  const reply: unknown = JSON.parse(renderProblem(new Problem(problems.noRoute), '4f1d2c7ab0e95d36-1z', '/nowhere'));
  return `\`\`\`json\n${JSON.stringify(reply, null, 2)}\n\`\`\``;
}

function overview(types: readonly ProblemType[]): string {
  return markdownTable(
    ['Status', 'Code', 'Who has to act'],
    types.map(({ status, code, fault }) => [String(status), `[\`${code}\`](#${code})`, actor[fault]]),
  );
}

function section({ code, status, title, detail, remedy }: ProblemType): string[] {
  return [`## \`${code}\``, `${status}: ${title}.`, `> ${detail}`, `What to do: ${remedy}`];
}
