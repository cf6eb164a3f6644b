/** Longest delay that can be asked for, in milliseconds. */
export const DELAY_MS_MAX = 120_000;
/** Largest body that can be asked for, in bytes: 2 GiB. */
export const BODY_BYTES_MAX = 2 * 1024 ** 3;
/** Body of a `drop` that names no `large`, in bytes. */
export const DROPPED_BODY_BYTES = 1024;

const VALID =
  `Valid directives, separated by commas: delay=0..${DELAY_MS_MAX} (ms), status=200..599, hang, reset, drop, ` +
  `large=0..${BODY_BYTES_MAX} (bytes), chunked (with large or drop). hang and reset go with delay only.`;

/** A reply that stands in for the service's own. */
export interface FaultReply {
  kind: 'reply';
  status: number;
  /** Bytes of generated body. null sends a short JSON body that names the status. */
  bodyBytes: number | null;
  /** Leaves `Content-Length` out. */
  chunked: boolean;
  /** Sends half of the body, then destroys the connection. */
  drop: boolean;
}

/** What happens once the delay is over: the service answers (`pass`), nobody does, or a made-up reply is sent. */
export type FaultOutcome = { kind: 'pass' } | { kind: 'hang' } | { kind: 'reset' } | FaultReply;

export interface Faults {
  delayMs: number;
  outcome: FaultOutcome;
}

export type ParsedFaults = { faults: Faults } | { error: string };

const NONE: ParsedFaults = { faults: { delayMs: 0, outcome: { kind: 'pass' } } };

/** A directive that cannot be obeyed. It never leaves this file: `parseFaults` returns its message. */
class DirectiveError extends Error {}

/**
 * Reads comma-separated directives such as `delay=250,status=503`.
 * Never throws; what cannot be obeyed comes back as `error`, which says what is valid.
 */
export function parseFaults(text: string): ParsedFaults {
  const words = text
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');
  if (words.length === 0) return NONE;
  try {
    return { faults: combine(directives(words)) };
  } catch (error) {
    if (error instanceof DirectiveError) return { error: `${error.message} ${VALID}` };
    throw error;
  }
}

interface Directives {
  delay?: number;
  status?: number;
  large?: number;
  hang?: true;
  reset?: true;
  drop?: true;
  chunked?: true;
}

function directives(words: readonly string[]): Directives {
  const found: Directives = {};
  for (const word of words) {
    const equals = word.indexOf('=');
    const name = equals < 0 ? word : word.slice(0, equals).trim();
    const value = equals < 0 ? undefined : word.slice(equals + 1).trim();
    if (Object.hasOwn(found, name)) throw new DirectiveError(`"${name}" is given twice.`);
    switch (name) {
      case 'delay':
        found.delay = integer(word, value, 0, DELAY_MS_MAX);
        break;
      case 'status':
        found.status = integer(word, value, 200, 599);
        break;
      case 'large':
        found.large = integer(word, value, 0, BODY_BYTES_MAX);
        break;
      case 'hang':
      case 'reset':
      case 'drop':
      case 'chunked':
        if (value !== undefined) throw new DirectiveError(`"${name}" takes no value.`);
        found[name] = true;
        break;
      default:
        throw new DirectiveError(`"${shorten(word)}" is not a directive.`);
    }
  }
  return found;
}

function integer(word: string, value: string | undefined, min: number, max: number): number {
  const number = value !== undefined && /^\d{1,12}$/.test(value) ? Number(value) : Number.NaN;
  if (number >= min && number <= max) return number;
  throw new DirectiveError(`"${shorten(word)}" needs a whole number from ${min} to ${max}.`);
}

function combine({ delay, status, large, hang, reset, drop, chunked }: Directives): Faults {
  const delayMs = delay ?? 0;
  const replies = status !== undefined || large !== undefined || drop || chunked;
  if ((hang && reset) || ((hang || reset) && replies)) {
    throw new DirectiveError(`"${hang ? 'hang' : 'reset'}" contradicts another directive.`);
  }
  if (hang) return { delayMs, outcome: { kind: 'hang' } };
  if (reset) return { delayMs, outcome: { kind: 'reset' } };
  if (!replies) return { delayMs, outcome: { kind: 'pass' } };
  if (chunked && large === undefined && !drop) throw new DirectiveError('"chunked" needs "large" or "drop".');

  const bodyBytes = large ?? (drop ? DROPPED_BODY_BYTES : null);
  if (bodyBytes !== null && (status === 204 || status === 205 || status === 304)) {
    throw new DirectiveError(`"status=${status}" has no body.`);
  }
  if (drop && bodyBytes === 0) throw new DirectiveError('"drop" needs a body of at least one byte.');
  return {
    delayMs,
    outcome: { kind: 'reply', status: status ?? 200, bodyBytes, chunked: chunked ?? false, drop: drop ?? false },
  };
}

function shorten(word: string): string {
  return word.length > 40 ? `${word.slice(0, 40)}…` : word;
}
