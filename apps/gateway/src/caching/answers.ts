import {
  fieldsOf304,
  firstValue,
  isNotModified,
  parseByteRange,
  rangeHolds,
  type RequestFacts,
  type StoredResponse,
} from '@app/cache';
import { Answer } from '../pipeline/contract/answer.js';
import type { RequestHead } from '../pipeline/contract/request-head.js';

/**
 * The reply that a stored response makes to a request: whole, 304, or the part that is asked for (RFC 9110 sections
 * 13.2.2 and 14.2).
 *
 * @param status value of Cache-Status
 */
export function answerFrom(
  stored: StoredResponse,
  head: RequestHead,
  facts: RequestFacts,
  nowMs: number,
  status: string,
): Answer {
  const { fields, status: code } = stored.facts;
  const age = String(stored.ageS(nowMs));
  if (code === 200 && (facts.conditional || facts.range)) {
    if (facts.conditional && isNotModified(head.raw, fields)) {
      return new Answer(304, [...fieldsOf304(fields), 'age', age, 'cache-status', status]);
    }
    if (facts.range && head.method === 'GET' && rangeHolds(head.raw, fields)) {
      const part = answerPart(stored, head, ['age', age, 'cache-status', status]);
      if (part !== null) return part;
    }
  }
  const headers = fields.slice();
  headers.push('age', age, 'cache-status', status);
  return new Answer(code, headers, stored.body);
}

function answerPart({ body, facts }: StoredResponse, head: RequestHead, more: readonly string[]): Answer | null {
  const bytes = body.byteLength;
  const range = parseByteRange(firstValue(head.raw, 'range') ?? '', bytes);
  if (range === 'ignore') return null;
  if (range === 'unsatisfiable') return new Answer(416, ['content-range', `bytes */${bytes}`, ...more]);
  const { first, last } = range;
  const headers = [...facts.fields, 'content-range', `bytes ${first}-${last}/${bytes}`, ...more];
  return new Answer(206, headers, body.subarray(first, last + 1));
}
