import type { CacheControl } from './cache-control.js';
import { allValues, firstValue, type FieldList } from './field-list.js';
import { parseHttpDate } from './http-date.js';

export interface FreshnessRules {
  /** Lifetime of responses that say nothing of it, in milliseconds; null for none. */
  readonly ttlMs: number | null;
  /** Share of the time since Last-Modified that a silent response is fresh for (RFC 9111 section 4.2.2); 0 for none. */
  readonly heuristicPercent: number;
}

/** Statuses that a rule of ours may make fresh; others must say so themselves. */
const lasting: ReadonlySet<number> = new Set([200, 203, 300, 301, 308]);

/** Longest lifetime that is only guessed, in milliseconds: RFC 9111 section 4.2.2 asks for a warning beyond a day. */
const GUESSED_MS_MAX = 86_400_000;

/**
 * How long a response is fresh for a shared cache, from when it was made (RFC 9111 section 4.2.1).
 *
 * @param nowMs when the response came
 * @returns milliseconds, or -1 when nothing says so
 */
export function freshnessLifetimeMs(
  status: number,
  fields: FieldList,
  control: Readonly<CacheControl>,
  nowMs: number,
  rules: FreshnessRules,
): number {
  if (control.sMaxAgeS >= 0) return control.sMaxAgeS * 1000;
  if (control.maxAgeS >= 0) return control.maxAgeS * 1000;
  const expires = allValues(fields, 'expires');
  if (expires.length > 0) {
    // RFC 9111 section 5.3: what is no date, `0` above all, has expired; and so have two that differ.
    const at = parseHttpDate(expires[0], nowMs);
    if (Number.isNaN(at) || expires.some((other) => other !== expires[0])) return 0;
    return Math.max(0, at - dateOf(fields, nowMs));
  }
  if (!lasting.has(status)) return -1;
  if (rules.ttlMs !== null) return rules.ttlMs;
  if (rules.heuristicPercent === 0) return -1;
  const modifiedAt = parseHttpDate(firstValue(fields, 'last-modified') ?? '', nowMs);
  if (Number.isNaN(modifiedAt)) return -1;
  const age = dateOf(fields, nowMs) - modifiedAt;
  return age <= 0 ? -1 : Math.min(GUESSED_MS_MAX, (age * rules.heuristicPercent) / 100);
}

/**
 * When the response was made, by our clock (RFC 9111 section 4.2.3): its age at any time is the time since.
 *
 * @param askedAtMs when the request was sent
 * @param answeredAtMs when the response came
 */
export function bornAtMs(fields: FieldList, askedAtMs: number, answeredAtMs: number): number {
  const age = (firstValue(fields, 'age') ?? '').trim();
  const ageMs = /^\d+$/.test(age) ? Math.min(Number(age), 2_147_483_648) * 1000 : 0;
  const apparentMs = Math.max(0, answeredAtMs - dateOf(fields, answeredAtMs));
  return answeredAtMs - Math.max(apparentMs, ageMs + (answeredAtMs - askedAtMs));
}

/** RFC 9110 section 6.6.1: a response without Date was made when it came. */
function dateOf(fields: FieldList, nowMs: number): number {
  const at = parseHttpDate(firstValue(fields, 'date') ?? '', nowMs);
  // A second is what a Date can tell apart: within it, the response is as young as it can be.
  return Number.isNaN(at) || Math.abs(nowMs - at) < 1000 ? nowMs : at;
}
