import type { StoredResponse } from '@app/cache';
import type { RequestHead } from '../pipeline/contract/request-head.js';

/**
 * Makes a request for a whole response of one that a client has sent: its own conditions are met here, from what comes.
 * With something stored, the upstream is asked whether that has changed (RFC 9111 section 4.3.1).
 */
export function shapeFillRequest(head: RequestHead, stale: StoredResponse | null): void {
  head.method = 'GET';
  const { fields } = head;
  let kept = 0;
  for (let i = 0; i < fields.length; i += 2) {
    if (isCondition(fields[i])) continue;
    fields[kept] = fields[i];
    fields[kept + 1] = fields[i + 1];
    kept += 2;
  }
  fields.length = kept;
  if (stale === null) return;
  if (stale.etag !== '') fields.push('if-none-match', stale.etag);
  if (stale.lastModified !== '') fields.push('if-modified-since', stale.lastModified);
}

function isCondition(name: string): boolean {
  switch (name.length) {
    case 5:
    case 8:
    case 13:
    case 17:
      break;
    default:
      return false;
  }
  const lower = name.toLowerCase();
  return lower === 'range' || lower === 'if-range' || lower === 'if-none-match' || lower === 'if-modified-since';
}
