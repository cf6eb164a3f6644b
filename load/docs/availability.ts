import { spawnSync } from 'node:child_process';
import { findProgram } from '../peers/peers/peer.ts';

/** Programs that a page may use and a machine may lack. What every machine has is not asked for. */
const OPTIONAL = ['ab', 'brew', 'docker', 'go', 'hey', 'jq', 'k6', 'kubectl', 'openssl', 'sudo', 'watch'];

/** Some are there and still have nothing to talk to. */
const PROBES: Readonly<Record<string, { args: string[]; lacks: string }>> = {
  docker: { args: ['info'], lacks: 'no Docker engine answers' },
  kubectl: { args: ['version', '--request-timeout=2s'], lacks: 'no Kubernetes cluster answers' },
};

/** Why a command cannot run on this machine, or null. `path` is where it looks for programs. */
export function unavailable(command: string, path: string): string | null {
  for (const program of OPTIONAL.filter((name) => calls(command, name))) {
    const found = findProgram(program, path);
    if (found === null) return `no ${program} on PATH`;
    const probe = PROBES[program];
    if (probe !== undefined && spawnSync(found, probe.args, { stdio: 'ignore', timeout: 10_000 }).status !== 0)
      return probe.lacks;
  }
  return null;
}

/** Whether a command line starts a program: at its beginning, behind an assignment, a pipe or another command. */
function calls(command: string, program: string): boolean {
  return new RegExp(String.raw`(^|[|;&(\n]|\bsudo|\bexec)\s*(\w+=\S*\s+)*${program}(\s|$)`).test(command);
}
