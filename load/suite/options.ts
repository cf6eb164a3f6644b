import { parseArgs } from 'node:util';
import { scenarios, type Scenario } from './scenarios.ts';

export interface Options {
  scenarios: Scenario[];
  /** The gateway to ask. null starts one, with the demo. */
  target: string | null;
  /** Its control plane, when that has a port of its own. */
  management: string | null;
  /** How much longer than usual each scenario takes. */
  scale: number;
  /** Name of the result set: files are called after it. */
  set: string;
}

const SCENARIO_DEFAULT = 'ramp';

export const USAGE = `Usage: make load ARGS="…" or node load/suite/main.ts …
  NAME…               scenarios to run (default: ${SCENARIO_DEFAULT}); "all" is every one but the soak
  --target URL        the gateway to ask (default: TARGET; without it one is started, with the demo)
  --management URL    its control plane, when that is elsewhere (default: MANAGEMENT, else the target)
  --scale N           how much longer than usual, below 1 for shorter (default: SCALE, else 1)
  --set NAME          name of the result files (default "load")
  --list              the scenarios
  --help
TOKEN is the bearer token that is sent; without it, that of the demo's administrator.`;

export const LIST = scenarios.map(({ name, description }) => `${name.padEnd(14)}${description}`).join('\n');

/** Reads the command line. A text is to be shown instead; a mistake throws with a line to show. */
export function parseOptions(args: readonly string[], env: NodeJS.ProcessEnv): Options | string {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      target: { type: 'string', default: env.TARGET },
      management: { type: 'string', default: env.MANAGEMENT },
      scale: { type: 'string', default: env.SCALE || '1' },
      set: { type: 'string', default: 'load' },
      list: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return USAGE;
  if (values.list) return LIST;
  if (!/^[\w.-]+$/.test(values.set)) throw new Error(`--set: not a file name: ${values.set}`);
  const scale = Number(values.scale);
  if (!(scale > 0 && scale <= 1_000)) throw new Error(`--scale: a number above 0, at most 1000, not ${values.scale}`);
  return {
    scenarios: chosen(positionals.length === 0 ? [SCENARIO_DEFAULT] : positionals),
    target: address('--target', values.target),
    management: address('--management', values.management),
    scale,
    set: values.set,
  };
}

function chosen(names: readonly string[]): Scenario[] {
  return names.flatMap((name) => {
    if (name === 'all') return scenarios.filter(({ name: each }) => each !== 'soak');
    const found = scenarios.find((each) => each.name === name);
    if (found === undefined) {
      throw new Error(`no scenario is called ${name}; there are ${scenarios.map((each) => each.name).join(', ')}, all`);
    }
    return [found];
  });
}

/** An empty variable counts as unset. */
function address(option: string, text: string | undefined): string | null {
  if (text === undefined || text === '') return null;
  if (!/^https?:$/.test(URL.parse(text)?.protocol ?? '')) throw new Error(`${option}: not an http address: ${text}`);
  return text.replace(/\/+$/, '');
}
