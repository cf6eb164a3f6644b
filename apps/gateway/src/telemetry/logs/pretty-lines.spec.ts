import { describe, expect, it } from '@jest/globals';
import { prettyLines } from './pretty-lines.js';

const print = prettyLines(false);

function printed(fields: Record<string, unknown>): string {
  return print(`${JSON.stringify({ level: 'info', time: '2026-11-05T12:00:00.123Z', ...fields })}\n`);
}

describe('a line for people', () => {
  it('begins with what was asked and what was answered', () => {
    const text = printed({ kind: 'request', method: 'GET', path: '/a', status: 200, route: 'r', ms: { total: 1.5 } });
    expect(text).toMatch(/^\[[\d:.]+\] INFO: GET \/a 200 1\.5 ms \{"route":"r"\}\n$/);
  });

  it('names who speaks', () => {
    expect(printed({ context: 'Breaker', msg: 'opened', upstream: 'u' })).toMatch(
      /^\[[\d:.]+\] INFO: \[Breaker\] opened \{"upstream":"u"\}\n$/,
    );
  });

  it('keeps the lines of a stack, and nothing else that would steer a terminal', () => {
    const evil = 'a\u001b[31mb\nc\u009b2Jd\re\u0007';
    const text = [
      printed({ kind: 'request', method: 'GET', path: evil, status: 200, host: evil, ms: { total: 1 } }),
      printed({ msg: evil, context: evil, fields: { 'user-agent': evil } }),
    ];
    for (const one of text) {
      // oxlint-disable-next-line no-control-regex
      expect(one).toMatch(/^[^\u0000-\u001f\u007f-\u009f]*\n$/);
      expect(one).toContain('a\\x1b[31mb\\x0ac\\x9b2Jd\\x0de\\x07');
    }
    const stack = printed({ msg: 'm', stack: 'Error: m\n    at a\u001b[31m' });
    expect(stack).toContain('at a\\x1b[31m');
    expect(stack).not.toContain('\u001b');
  });
});
