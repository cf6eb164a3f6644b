import type { IncomingMessage } from 'node:http';
import { parseFaults, type ParsedFaults } from './faults.js';

const PASS: ParsedFaults = { faults: { delayMs: 0, outcome: { kind: 'pass' } } };

/** The faults that a request asks for in `X-Demo` and in every `demo` parameter of its query, taken together. */
export function requestedFaults(request: IncomingMessage): ParsedFaults {
  const header = request.headers['x-demo'];
  const target = request.url ?? '';
  // Nearly every request asks for none, and those requests are what benchmarks measure.
  if (header === undefined && !target.includes('demo=')) return PASS;

  const query = target.includes('?') ? target.slice(target.indexOf('?') + 1) : '';
  const asked = new URLSearchParams(query).getAll('demo');
  if (header !== undefined) asked.push(String(header));
  return parseFaults(asked.join(','));
}
