import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { unavailable } from './availability.ts';
import type { RunSettings } from './directive.ts';
import type { PageShell } from './page-shell.ts';
import type { Step } from './read-page.ts';
import { missingLine } from './shown-output.ts';

export interface Outcome {
  step: Step;
  result: 'passed' | 'FAILED' | 'skipped' | 'not run';
  /** Why it did not pass; empty otherwise. */
  reason: string;
  exit: number | null;
  seconds: number;
  output: string;
}

const DEMO_COMMAND = 'make run';
/** What the gateway says once its port is open. */
const DEMO_UNTIL = 'listens on';
const DEMO_TIMEOUT_S = 120;

/** Runs what a page tells to do, in its order, a failure notwithstanding: one run shows all there is to mend. */
export async function runPage(
  steps: readonly Step[],
  shell: PageShell,
  folder: string,
  tell: (outcome: Outcome) => void,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  let demo = false;
  for (const step of steps) {
    const { directive } = step;
    if (directive.kind === 'run' && directive.needs.includes('demo') && !demo) {
      await startDemo(shell);
      demo = true;
    }
    const outcome = await runStep(step, shell, folder);
    outcomes.push(outcome);
    tell(outcome);
  }
  return outcomes;
}

async function startDemo(shell: PageShell): Promise<void> {
  const { output, up } = await shell.serve(DEMO_COMMAND, DEMO_UNTIL, DEMO_TIMEOUT_S);
  if (up) return;
  const said = output.trim().split('\n').slice(-5).join('\n');
  throw new Error(`${DEMO_COMMAND} does not come up: ${said}`);
}

async function runStep(step: Step, shell: PageShell, folder: string): Promise<Outcome> {
  const { directive, text } = step;
  const none = { step, reason: '', exit: null, seconds: 0, output: '' };
  if (directive.kind === 'not-run') return { ...none, result: 'not run', reason: directive.reason };
  if (directive.kind === 'write') {
    writeFileSync(join(folder, directive.file), text);
    return { ...none, result: 'passed' };
  }
  const lacking = unavailable(text, shell.path);
  if (lacking !== null) return { ...none, result: 'skipped', reason: lacking };
  const { reason, ...ran } = await (directive.until !== null && step.last ? asServer : toTheEnd)(
    step,
    directive,
    shell,
  );
  const missing = reason === '' ? missingFrom(step, directive, ran.output) : reason;
  return { step, ...ran, reason: missing, result: missing === '' ? 'passed' : 'FAILED' };
}

interface Judged {
  exit: number | null;
  output: string;
  seconds: number;
  reason: string;
}

async function toTheEnd(step: Step, { timeoutS, forS, env }: RunSettings, shell: PageShell): Promise<Judged> {
  const ran = await shell.run(step.text, forS ?? timeoutS, env);
  if (ran.exit === 0 || (ran.exit === null && forS !== null)) return { ...ran, reason: '' };
  return { ...ran, reason: ran.exit === null ? `took more than ${timeoutS} s` : `exited with ${ran.exit}` };
}

async function asServer(step: Step, settings: RunSettings, shell: PageShell): Promise<Judged> {
  const { timeoutS, env } = settings;
  const until = settings.until!;
  const { stop, up, ...ran } = await shell.serve(step.text, until, timeoutS, env);
  if (ran.exit !== null) return { ...ran, reason: `ended with ${ran.exit}` };
  if (!up) return { ...ran, reason: `not up within ${timeoutS} s (${until})` };
  if (settings.stop && !(await stop())) return { ...ran, reason: 'did not end when it was asked to' };
  return { ...ran, reason: '' };
}

function missingFrom(step: Step, { expect }: RunSettings, output: string): string {
  const line = missingLine(step.shown, output);
  if (line !== null) return `does not print: ${line.trim()}`;
  if (expect !== null && step.last && !new RegExp(expect).test(output)) return `does not print: ${expect}`;
  return '';
}
