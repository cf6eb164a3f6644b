import { Readable } from 'node:stream';
import { afterAll, describe, expect, it } from '@jest/globals';
import { LargeBuffers, NativeClient } from '@app/upstream-client';
import { CertificateAuthority } from '../helpers/certificate-authority.js';
import { SeededRandom } from '../helpers/seeded-random.js';
import { Answer, begin } from '../helpers/upstream-client/exchange.js';
import { startHostileUpstream, taggedBody } from '../helpers/upstream-client/hostile-upstream.js';

/** The long form sets it: `make soak`. */
const SHORT = 2_000;
const EXCHANGES = Number(process.env.UPSTREAM_CLIENT_EXCHANGES ?? SHORT);
/** As many behind TLS in the long form; its connections cost too much for that in the short one. */
const EXCHANGES_IN_TLS = EXCHANGES > SHORT ? EXCHANGES : Math.ceil(EXCHANGES / 4);
const SEED = Number(process.env.UPSTREAM_CLIENT_SEED ?? 11);
const AT_A_TIME = 40;

const authority = new CertificateAuthority('Test authority');
const summaries: string[] = [];

describe('an upstream that answers too much, too little, too early, twice, or not at all', () => {
  afterAll(() => {
    if (EXCHANGES > SHORT) process.stdout.write(`${summaries.join('\n')}\n`);
  });

  it.each([
    ['in the clear', EXCHANGES, false],
    ['behind TLS', EXCHANGES_IN_TLS, true],
  ])(
    'never gets the bytes of one request to another: %s, %d exchanges',
    async (where, exchanges, secure) => {
      const random = new SeededRandom(SEED);
      const upstream = await startHostileUpstream(random, secure ? authority.issue('127.0.0.1') : null);
      const buffers = new LargeBuffers();
      const client = new NativeClient({
        origin: `${secure ? 'https' : 'http'}://127.0.0.1:${upstream.port}`,
        ca: authority.cert,
        connectionsMax: 12,
        headersTimeoutMs: 100,
        idleTimeoutMs: 100,
        queueTimeoutMs: 0,
        connectTimeoutMs: 5_000,
        buffers,
      });
      const mixed: unknown[] = [];
      const ends = new Map<string, number>();
      let begun = 0;
      const drive = async (): Promise<void> => {
        while (begun < exchanges && mixed.length === 0) {
          const end = await exchangeOnce(client, `t${begun++}`, random, mixed);
          ends.set(end, (ends.get(end) ?? 0) + 1);
        }
      };
      await Promise.all(Array.from({ length: AT_A_TIME }, drive));
      expect(mixed).toEqual([]);
      // Most went well, connections were used again, and nothing is left.
      expect((ends.get('complete') ?? 0) / exchanges).toBeGreaterThan(0.4);
      const { reuseRatio, bytesReceived } = client.stats();
      expect(reuseRatio).toBeGreaterThan(0.2);
      await client.drain();
      expect(client.stats()).toMatchObject({ open: 0, idle: 0, waiting: 0, active: 0, largeBuffersOut: 0 });
      summaries.push(
        JSON.stringify({ where, exchanges, reuseRatio, bytesReceived, ends: [...ends], deeds: [...upstream.deeds] }),
      );
      await upstream.close();
    },
    60_000 + EXCHANGES * 10,
  );
});

/** One exchange, of any kind, that may be aborted at any time. @returns how it ended */
async function exchangeOnce(
  client: NativeClient,
  tag: string,
  random: SeededRandom,
  mixed: unknown[],
): Promise<string> {
  const abortAt = random.chance(0.15)
    ? random.pick(['begin', 'soon', 'head', 'data', 'information'] as const)
    : 'never';
  let aborted: () => void = () => undefined;
  const abortion = new Promise<'aborted'>((resolve) => (aborted = () => resolve('aborted')));
  const abort = (answer: Answer): void => {
    answer.exchange?.abort();
    aborted();
  };
  const pauses = random.chance(0.1);
  const answer = begin(client, requestFor(tag, random), {
    leases: random.chance(0.5),
    onInformation: (self) => abortAt === 'information' && abort(self),
    onHead: (self) => abortAt === 'head' && abort(self),
    onData: (self) => {
      if (abortAt === 'data') abort(self);
      if (!pauses) return true;
      setTimeout(() => self.exchange?.resume(), random.below(3));
      return false;
    },
  });
  if (abortAt === 'begin') abort(answer);
  else if (abortAt === 'soon') setTimeout(abort, random.below(5), answer);
  const end = await Promise.race([abortion, answer.done.then(({ error }) => (error === '' ? 'complete' : error))]);
  // Bytes of an exchange that failed later on are judged, too.
  const { body, headers, trailers, faults } = answer;
  const owners = [...headers, ...trailers].filter((_, i, all) => i % 2 === 1 && all[i - 1] === 'x-for');
  if (owners.some((owner) => owner !== tag) || body !== taggedBody(tag, body.length) || faults.length > 0) {
    mixed.push({ tag, end, owners, faults, body: body.slice(0, 200) });
  }
  return end;
}

function requestFor(tag: string, random: SeededRandom): Parameters<typeof begin>[1] {
  const path = `/${tag}`;
  if (random.chance(0.1)) return { path, method: 'HEAD' };
  if (random.chance(0.7)) return { path };
  const body = Buffer.alloc(random.below(random.chance(0.2) ? 100_000 : 500), 'b');
  if (random.chance(0.4)) return { path, method: 'POST', body };
  const halves = [body.subarray(0, body.length >> 1), body.subarray(body.length >> 1)];
  return { path, method: 'POST', body: Readable.from(halves), bodyBytes: random.chance(0.5) ? -1 : body.length };
}
