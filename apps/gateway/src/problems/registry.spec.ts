import { readdirSync, readFileSync } from 'node:fs';
import { STATUS_CODES } from 'node:http';
import { dirname, join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { Fault, ProblemType } from './problem-type.js';
import { problems } from './registry.js';

/** 501 and 505 are the odd ones: the client asked for what this server does not do. */
const statusesOf: Readonly<Record<Fault, readonly number[]>> = {
  client: [400, 401, 403, 404, 405, 408, 413, 417, 429, 431, 501, 504, 505],
  upstream: [502, 503, 504],
  gateway: [500, 503, 508],
};

const all: readonly ProblemType[] = Object.values(problems);

describe('the registry of problems', () => {
  it('gives every failure a code of its own', () => {
    expect(new Set(all.map(({ code }) => code)).size).toBe(all.length);
  });

  it('keeps its codes and their statuses, since clients and alerts match on them', () => {
    expect(all.map(({ code, status, fault }) => `${status} ${code} (${fault})`)).toMatchInlineSnapshot(`
      [
        "400 malformed-request (client)",
        "400 malformed-path (client)",
        "400 malformed-host (client)",
        "401 management-unauthorized (client)",
        "401 credentials-missing (client)",
        "401 token-invalid (client)",
        "401 token-expired (client)",
        "401 api-key-unknown (client)",
        "403 forbidden (client)",
        "403 ip-denied (client)",
        "404 no-route (client)",
        "405 method-not-allowed (client)",
        "408 request-timeout (client)",
        "413 body-too-large (client)",
        "417 expectation-failed (client)",
        "429 rate-limited (client)",
        "429 management-limited (client)",
        "431 head-too-large (client)",
        "500 internal-error (gateway)",
        "501 method-not-implemented (client)",
        "501 transfer-coding-not-implemented (client)",
        "502 upstream-unreachable (upstream)",
        "502 upstream-tls (upstream)",
        "502 upstream-reset (upstream)",
        "502 upstream-malformed (upstream)",
        "502 upstream-head-too-large (upstream)",
        "503 breaker-open (upstream)",
        "503 upstream-overloaded (upstream)",
        "503 auth-keys-unavailable (gateway)",
        "503 rate-limit-unavailable (gateway)",
        "504 not-stored (client)",
        "504 upstream-timeout (upstream)",
        "504 upstream-connect-timeout (upstream)",
        "505 http-version-not-supported (client)",
        "508 loop-detected (gateway)",
      ]
    `);
  });

  it('lists failures by status, so that a page of them can be read', () => {
    const statuses = all.map(({ status }) => status);
    expect(statuses).toEqual([...statuses].sort((a, b) => a - b));
  });
});

describe('every problem of the registry', () => {
  const room = import.meta.dirname;
  const sources = readdirSync(dirname(room), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.spec.ts') && !file.startsWith('problems/'))
    .map((file) => readFileSync(join(dirname(room), file), 'utf8'));

  it.each(Object.keys(problems))('is answered with somewhere: %s', (key) => {
    expect(sources.some((source) => new RegExp(`\\bproblems\\.${key}\\b`).test(source))).toBe(true);
  });
});

describe.each(all.map((type) => [type.code, type] as const))(
  '%s',
  (_, { code, status, fault, title, detail, remedy }) => {
    it('has a code that can stand in a URN and a label', () => {
      expect(code).toMatch(/^[a-z]+(?:-[a-z]+)*$/);
    });

    it('has a status that HTTP knows and that fits whose fault it is', () => {
      expect(STATUS_CODES[status]).toBeDefined();
      expect(statusesOf[fault]).toContain(status);
    });

    it('is told in sentences, and in a title without a full stop', () => {
      expect(title).toMatch(/^[A-Z].*[^.]$/);
      expect(detail).toMatch(/^[A-Z].*\.$/);
      expect(remedy).toMatch(/^[A-Z].*[.]$/);
    });

    it('tells the client nothing of the inside', () => {
      expect(`${title} ${detail}`).not.toMatch(/undici|node|nest|fastify|stack|ECONN|\b\d{1,3}(?:\.\d{1,3}){3}\b/i);
    });
  },
);
