import { didYouMean } from '../../config/nearest-name.js';
import { SimulationInputError } from '../simulation-input.error.js';
import { clockMs } from '../time-text.js';

const FAILED_STATUS = 503;
const kinds = ['fail', 'connect', 'timeout', 'slow'] as const;

/** Something that goes wrong with an upstream for a while. */
export interface FailureRule {
  /** `fail` answers with `status`, `connect` refuses connections, `timeout` never answers, `slow` takes longer. */
  readonly kind: (typeof kinds)[number];
  readonly status: number;
  /** Name of the upstream; null for all of them. */
  readonly upstream: string | null;
  readonly fromMs: number;
  readonly toMs: number;
  /** Share of the tries that it meets, up to 1. */
  readonly share: number;
  /** How many times as long a slow try takes. */
  readonly factor: number;
}

/**
 * Reads `KIND[@UPSTREAM][:FROM-TO][:SHARE%]`, several with commas: `fail:10:00-10:05:80%`, `500:1%`,
 * `connect@users:10m-12m`, `slow:14:00-15:00:5x`.
 */
export function parseFailures(text: string, upstreams: readonly string[]): FailureRule[] {
  return text.split(',').map((rule) => parseRule(rule.trim(), upstreams));
}

function parseRule(text: string, upstreams: readonly string[]): FailureRule {
  const wrong = (message: string): SimulationInputError =>
    SimulationInputError.usage(`--failures ${JSON.stringify(text)}: ${message}`);
  const [, word, upstream = null, tail = ''] = /^(\w+)(?:@([^:]+))?(?::(.+))?$/.exec(text) ?? [];
  if (word === undefined) throw wrong('must be KIND[@UPSTREAM][:FROM-TO][:SHARE%], as in fail:10:00-10:05:80%');
  const status = /^[45]\d\d$/.test(word) ? Number(word) : FAILED_STATUS;
  const kind = status === Number(word) ? 'fail' : kinds.find((each) => each === word);
  if (kind === undefined) throw wrong(`must begin with ${kinds.join(', ')} or a status from 400 to 599`);
  if (upstream !== null && !upstreams.includes(upstream)) {
    const hint = didYouMean(upstream, upstreams);
    throw wrong(`there is no upstream ${JSON.stringify(upstream)}${hint === undefined ? '' : `; ${hint}`}`);
  }
  const [ending = '', amount] = /(?:^|:)(\d+(?:\.\d+)?[%x])$/.exec(tail) ?? [];
  const window = tail.slice(0, tail.length - ending.length);
  const [fromMs, toMs] = window === '' ? [0, Infinity] : window.split('-').map(clockMs);
  if (!(fromMs >= 0 && toMs > fromMs) || window.split('-').length > 2) {
    throw wrong('the time must be FROM-TO, as in 10:00-10:05 or 10m-15m');
  }
  const unit = kind === 'slow' ? 'x' : '%';
  if (amount !== undefined && !amount.endsWith(unit)) throw wrong(`${word} takes a number with ${unit}, not ${amount}`);
  const value = amount === undefined ? Number.NaN : Number(amount.slice(0, -1));
  if (kind === 'slow' && Number.isNaN(value)) throw wrong('how many times as slow is missing, as in slow:5x');
  if (kind !== 'slow' && value > 100) throw wrong('the share must be up to 100%');
  const share = kind === 'slow' || Number.isNaN(value) ? 1 : value / 100;
  return { kind, status, upstream, fromMs, toMs, share, factor: kind === 'slow' ? value : 1 };
}
