/** How a block of a page is to be run. */
export interface RunSettings {
  kind: 'run';
  /** `demo`: the gateway of `make run` has to be up; it stays until the page ends. */
  needs: string[];
  /** Seconds after which a command has failed. */
  timeoutS: number;
  /** Seconds after which a command that goes on for ever has shown enough; null for one that ends. */
  forS: number | null;
  /**
   * The block's last command is a server, which is up when it has said this, or listens (`port:9100`). It runs on, and
   * the next command is next. Null for a command that ends.
   */
  until: string | null;
  /** Whether a server that is up is asked to stop, which has to go well; else it is kept until the page ends. */
  stop: boolean;
  /** An expression that has to occur in what the block's last command prints. */
  expect: string | null;
  /** Added to the environment, for a shorter run of the same command: `SCALE=0.1`. */
  env: Record<string, string>;
}

export type Directive =
  | RunSettings
  | { kind: 'not-run'; reason: string }
  /** The block is the content of this file. */
  | { kind: 'write'; file: string };

export const runSettings: RunSettings = {
  kind: 'run',
  needs: [],
  timeoutS: 60,
  forS: null,
  until: null,
  stop: false,
  expect: null,
  env: {},
};

const NEEDS = ['demo'];

/** Reads one line of Markdown. Null when it holds no directive; a directive with a mistake throws. */
export function readDirective(line: string): Directive | null {
  const [, kind, rest = ''] = /^\s*<!--\s*(run|not run|write):\s*(.*?)\s*-->\s*$/.exec(line) ?? [];
  if (kind === undefined) return null;
  if (rest === '') throw new Error(`"${kind}:" wants something behind it`);
  if (kind === 'not run') return { kind: 'not-run', reason: rest };
  if (kind === 'write') {
    if (!/^\w[\w.-]*$/.test(rest)) throw new Error(`not the name of a file: ${rest}`);
    return { kind: 'write', file: rest };
  }
  return readSettings(rest);
}

function readSettings(text: string): RunSettings {
  const settings = { ...runSettings, env: {} as Record<string, string> };
  let left = text;
  while (left !== '') {
    const found = /^([a-z]+)=(?:"([^"]*)"|(\S+))\s*/.exec(left);
    if (found === null) throw new Error(`not a setting: ${left}`);
    const [whole, name, quoted, plain] = found;
    set(settings, name, quoted ?? plain);
    left = left.slice(whole.length);
  }
  return settings;
}

function set(settings: RunSettings, name: string, value: string): void {
  if (name === 'needs') settings.needs = oneOf(name, NEEDS, ...value.split(','));
  else if (name === 'timeout') settings.timeoutS = seconds(name, value);
  else if (name === 'for') settings.forS = seconds(name, value);
  else if (name === 'until') settings.until = value;
  else if (name === 'stop') settings.stop = oneOf(name, ['yes', 'no'], value)[0] === 'yes';
  else if (name === 'expect') settings.expect = value;
  else if (name === 'env') Object.assign(settings.env, Object.fromEntries(value.split(',').map(assignment)));
  else throw new Error(`no setting is called ${name}`);
}

function oneOf<T extends string>(name: string, known: readonly T[], ...values: T[]): T[] {
  const stranger = values.find((value) => !known.includes(value));
  if (stranger !== undefined) throw new Error(`${name} is one of ${known.join(', ')}, not ${stranger}`);
  return values;
}

function seconds(name: string, value: string): number {
  if (!/^[1-9]\d{0,3}$/.test(value)) throw new Error(`${name} is a number of seconds, not ${value}`);
  return Number(value);
}

function assignment(text: string): [string, string] {
  const [, name, value] = /^(\w+)=(.*)$/.exec(text) ?? [];
  if (name === undefined) throw new Error(`env wants NAME=value, not ${text}`);
  return [name, value];
}
