import { describe, expect, it } from '@jest/globals';
import { SeededRandom } from '../helpers/seeded-random.js';
import { oddResponse } from '../helpers/upstream-client/odd-responses.js';
import { readWithNode, readWithUndici, type OtherReading } from '../helpers/upstream-client/other-readers.js';
import { readResponse, type ReadResponse } from '../helpers/upstream-client/read-response.js';

/** The long form sets it: `make soak`. */
const RESPONSES = Number(process.env.UPSTREAM_CLIENT_RESPONSES ?? 2_000);
const SEED = Number(process.env.UPSTREAM_CLIENT_SEED ?? 7);
const AT_A_TIME = 50;

/** What we refuse and another reader takes, and why we do. Nothing else may be refused by us alone. */
const stricter: Readonly<Record<string, string>> = {
  version:
    'HTTP/0.9, 2.0 and the like; blank lines before the status line; interim responses of HTTP/1.0, which has none',
  status: 'statuses above 599, which no reader downstream has to understand; a tab behind the status',
  'reason-phrase': 'control bytes, which RFC 9112 section 4 does not allow',
  'field-value': 'control bytes, DEL among them (RFC 9110 section 5.5)',
  'line-end': 'lines that end in a bare CR or LF',
  framing: 'a length beside a coding (request smuggling), also where there is no body; a coding in 1xx and 204',
  'transfer-encoding':
    'anything but chunked, once: other codings could not be taken off, HTTP/1.0 has none, and a tab behind it is read in two ways',
  'content-length': 'lengths beyond a petabyte, also where they do not count',
  'chunk-size': 'leading zeros without end',
  'chunk-extension': 'whitespace around extensions, and what is no token or quoted string',
  upgrade: '101 that was not asked for, or names no protocol',
};

/** What another reader refuses and we take, and why that is right. */
function theirsIsStricter(name: string, ours: ReadResponse, whole: string): string | null {
  if (ours.interim.some(({ headers }) => headers.includes('connection'))) {
    return 'Node’s parser takes `Connection: close` in an interim response for the end of all; we do not use it again';
  }
  if (name !== 'undici') return null;
  if (ours.interim.some(({ status }) => status === 100))
    return 'undici takes a 100 that it did not expect for a failure';
  if (/content-length:[^\r]*[ \t]\r/i.test(whole)) return 'undici counts wrongly when blanks stand behind a length';
  if (ours.excess > 0) return 'undici may fail a complete response for what comes behind it; we close its connection';
  return null;
}

interface Finding {
  readonly what: string;
  readonly seed: number;
  readonly pieces: readonly string[];
  readonly ours: ReadResponse;
  readonly theirs: OtherReading;
}

function difference(ours: ReadResponse, theirs: OtherReading, name: string, whole: string): string | null {
  if (theirs.end !== 'complete') return theirsIsStricter(name, ours, whole) === null ? `refuses: ${theirs.why}` : null;
  if (theirs.status !== ours.status) return 'status';
  if (theirs.body !== ours.body) return 'body';
  if (theirs.trailers.join('\n') !== ours.trailers.join('\n')) return 'trailers';
  // undici does not keep the order of fields.
  return name === 'node' && theirs.headers.join('\n') !== ours.headers.join('\n') ? 'fields' : null;
}

async function compare(seed: number): Promise<{ findings: Finding[]; end: ReadResponse['end'] }> {
  const response = oddResponse(new SeededRandom(seed));
  const { pieces, method } = response;
  const ours = readResponse(pieces, { method, closes: true });
  const others = { node: await readWithNode(response), undici: await readWithUndici(response) };
  const findings: Finding[] = [];
  for (const [name, theirs] of Object.entries(others)) {
    let what: string | null = null;
    if (ours.end === 'complete') what = difference(ours, theirs, name, pieces.join(''));
    else if (theirs.end === 'complete') {
      const reason = /^malformed: (.+)/.exec(ours.end)?.[1] ?? ours.end;
      if (stricter[reason] === undefined) what = `takes what we refuse: ${ours.end}`;
    }
    if (what !== null) findings.push({ what: `${name} ${what}`, seed, pieces, ours, theirs });
  }
  return { findings, end: ours.end };
}

describe('a response of an upstream, well-formed, odd or hostile', () => {
  it(
    `is read by the upstream client as by Node and undici, where it takes it: ${RESPONSES} of them`,
    async () => {
      const findings: Finding[] = [];
      let accepted = 0;
      for (let first = 0; first < RESPONSES; first += AT_A_TIME) {
        const seeds = Array.from({ length: AT_A_TIME }, (_, i) => SEED * 10_000_019 + first + i);
        for (const compared of await Promise.all(seeds.map(compare))) {
          findings.push(...compared.findings);
          if (compared.end === 'complete') accepted++;
        }
        if (findings.length > 20) break;
      }
      expect(findings).toEqual([]);
      // Neither side of the comparison is empty.
      expect(accepted / RESPONSES).toBeGreaterThan(0.3);
      expect(accepted / RESPONSES).toBeLessThan(0.8);
    },
    60_000 + RESPONSES * 20,
  );
});
