import { firstValue, freshenedFields, joinedValue, parseCacheControl, sameWeakly, StoredResponse } from '@app/cache';
import { judge, type JudgeRules } from './judge.js';

/** Whether a 304 is about the stored response (RFC 9111 section 4.3.4). */
export function matches304(stored: StoredResponse, fields: readonly string[]): boolean {
  const tag = firstValue(fields, 'etag');
  if (tag !== undefined && stored.etag !== '') return sameWeakly(tag, stored.etag);
  const modified = firstValue(fields, 'last-modified');
  return modified === undefined || stored.lastModified === '' || modified === stored.lastModified;
}

/** The stored response with what a 304 says anew. @returns `keep` false when it may be used this once only */
export function freshen(
  stored: StoredResponse,
  newer: readonly string[],
  askedAtMs: number,
  nowMs: number,
  rules: JudgeRules,
): { readonly response: StoredResponse; readonly keep: boolean } {
  const { facts } = stored;
  const control = parseCacheControl(joinedValue(newer, 'cache-control'));
  const fields = freshenedFields(facts.fields, newer, control, nowMs);
  // Age belongs to the message that brought it.
  const age = firstValue(newer, 'age');
  const judged = judge(
    {
      status: facts.status,
      fields: age === undefined ? fields : [...fields, 'age', age],
      askedAtMs,
      answeredAtMs: nowMs,
      credentials: false,
      request: [],
      sent: [],
    },
    rules,
  );
  const { selecting, values } = facts;
  if (judged === null) return { response: new StoredResponse({ ...facts, fields }, stored.body), keep: false };
  return { response: new StoredResponse({ ...judged, selecting, values }, stored.body), keep: true };
}
