import type { Command } from './command.js';

export const USAGE = 'usage: sluice <command> [--config FILE]';

export function helpText(commands: ReadonlyMap<string, Command>): string {
  const rows = [...commands.values()].map(({ usage, summary }) => `  ${usage.padEnd(22)}  ${summary}\n`);
  return `${USAGE}

${rows.join('')}
  --config FILE   the configuration; by default what GATEWAY_CONFIG names, or ./gateway.yaml when it exists
  --demo          with start: run the demo services, too
  --out DIR       with generate: where to write; by default deploy or load/generated
                  with simulate: write simulation.svg and simulation.json there
  --target HOST   with generate observability: host and port at which Prometheus finds the control plane
  --runbooks URL  with generate observability: the page that alerts link to; by default docs/TROUBLESHOOTING.md
  --method M, --header 'NAME: VALUE', --client IP, --json
                  with explain: the request; --json for programs
  --traffic WHAT  with simulate: trace.csv, poisson:RPS or poisson:LOW-HIGH
  --duration TIME, --seed N, --route ID,ID, --keys N, --latency-ms MODEL, --failures RULES, --json
                  with simulate: see docs/simulate.md
  -h, --help      this text
  -v, --version   the version

A wrong configuration ends with exit code 78, a wrong command line with 64.
`;
}
