import { StoredResponse, type StoredFacts } from './stored-response.js';

/** Changes whenever the form does: what another version has written is a miss. */
const VERSION = 1;

interface Envelope {
  readonly v: number;
  readonly facts: StoredFacts;
  /** What the owners of its tags had been at, see Generations. */
  readonly generations: readonly string[];
}

export interface Decoded {
  readonly response: StoredResponse;
  readonly generations: readonly string[];
}

/**
 * A response as text that survives any store: base64, since JSON would spoil the bytes of a body. Four bytes with the
 * length of the envelope, the envelope in JSON, the body.
 */
export function encodeResponse({ facts, body }: StoredResponse, generations: readonly string[]): string {
  const envelope = Buffer.from(JSON.stringify({ v: VERSION, facts, generations } satisfies Envelope));
  const whole = Buffer.allocUnsafe(4 + envelope.length + body.byteLength);
  whole.writeUInt32BE(envelope.length);
  envelope.copy(whole, 4);
  whole.set(body, 4 + envelope.length);
  return whole.toString('base64');
}

/** @returns null for what this version cannot read: it counts as a miss */
export function decodeResponse(text: unknown): Decoded | null {
  if (typeof text !== 'string') return null;
  const whole = Buffer.from(text, 'base64');
  if (whole.length < 4) return null;
  const end = 4 + whole.readUInt32BE();
  if (end > whole.length) return null;
  try {
    const envelope = JSON.parse(whole.toString('utf8', 4, end)) as Partial<Envelope> | null;
    if (envelope?.v !== VERSION || !isFacts(envelope.facts) || !isTexts(envelope.generations)) return null;
    return { response: new StoredResponse(envelope.facts, whole.subarray(end)), generations: envelope.generations };
  } catch {
    return null;
  }
}

function isFacts(value: Partial<StoredFacts> | undefined): value is StoredFacts {
  return (
    typeof value === 'object' &&
    isTexts(value.fields) &&
    isTexts(value.selecting) &&
    isTexts(value.groups) &&
    typeof value.values === 'string' &&
    [value.status, value.bornAtMs, value.freshUntilMs, value.staleIfErrorMs, value.staleWhileRevalidateMs].every(
      (number) => Number.isFinite(number),
    ) &&
    [value.alwaysValidate, value.neverStale, value.forEverybody].every((flag) => typeof flag === 'boolean')
  );
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((text) => typeof text === 'string');
}
