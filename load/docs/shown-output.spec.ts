import { describe, expect, it } from '@jest/globals';
import { missingLine } from './shown-output.ts';

const HEY = 'Summary:\n  Total:\t0.7 secs\nStatus code distribution:\n  [200]\t1000 responses\n';

describe('what a page shows of an output', () => {
  it('may be shortened, and other figures do not matter', () => {
    expect(missingLine(['  Total: 12.5 secs', '  [200]	225 responses'], HEY)).toBeNull();
  });

  it('has to keep its order', () => {
    expect(missingLine(['  [200] 1000 responses', 'Summary:'], HEY)).toBe('Summary:');
  });

  it('names a line that is not there', () => {
    expect(missingLine(['Summary:', '  [429] 3 responses'], HEY)).toBe('  [429] 3 responses');
  });

  it('keeps statuses as they are', () => {
    expect(missingLine(['HTTP/1.1 200 OK'], 'HTTP/1.1 404 Not Found\n')).toBe('HTTP/1.1 200 OK');
    expect(missingLine(['503'], '500\n')).toBe('503');
    expect(missingLine(['503'], '500\n503\n')).toBeNull();
  });

  it('keeps names with figures in them', () => {
    expect(missingLine(['p95 3.2ms'], 'p99 4ms')).toBe('p95 3.2ms');
    expect(missingLine(['rps_250  1,251'], 'rps_250 9')).toBeNull();
    expect(missingLine(['x [41.0-41.1] y'], 'x [9-12.5] y')).toBeNull();
  });

  it('passes over request ids and dates', () => {
    expect(missingLine(['x-request-id: fc0a1db4a05ae6b7-6'], 'x-request-id: 00000db4a05ae6b9-71')).toBeNull();
    expect(missingLine(['Date: Wed, 25 Nov 2026 01:26:44 GMT'], 'date: Sun, 01 Mar 2026 01:26:44 GMT')).toBeNull();
  });

  it('passes over dots that stand for more', () => {
    expect(missingLine(['Summary:', '...', '  [200] 1 responses'], HEY)).toBeNull();
  });
});
