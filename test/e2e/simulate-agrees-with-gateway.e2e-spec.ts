import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { parseConfigObject, type ConfigObject } from '../../apps/gateway/src/config/index.js';
import { simulate, simulationOptions } from '../../apps/gateway/src/simulate/index.js';
import { call } from '../helpers/call.js';
import { startFailingUpstream, type FailingUpstream } from '../helpers/failing-upstream.js';
import { SeededRandom } from '../helpers/seeded-random.js';
import { startGateway, type RunningGateway } from '../helpers/start-gateway.js';

const REQUESTS = 60;
/** Nothing recovers meanwhile, so that the time that real requests take makes no difference. */
const LONG_MS = 600_000;

interface Request {
  readonly client: string;
  readonly method: string;
  /** What the upstream answers to the first try. */
  readonly status: number;
}

/** What both sides count. */
interface Seen {
  answered: number;
  failed: Record<string, number>;
  refused: Record<string, number>;
  retries: number;
}

let upstream: FailingUpstream;
let gateway: RunningGateway;

beforeAll(async () => {
  upstream = await startFailingUpstream();
  const seen = new Set<string>();
  upstream.always = ({ headers }, response) => {
    const number = String(headers['x-number']);
    response.writeHead(seen.has(number) ? 200 : Number(headers['x-give'])).end();
    seen.add(number);
  };
});

afterEach(() => gateway.close());

afterAll(() => upstream.close());

function configOf(url: string): ConfigObject {
  return {
    rateLimit: { policies: [{ name: 'everybody', by: 'route', burst: 40, windowS: 86_400 }] },
    upstreams: {
      u: {
        targets: [{ url }],
        breaker: { failureRatePercent: 30, volumeThreshold: 20, windowMs: LONG_MS, resetMs: LONG_MS },
        retry: { attempts: 2, on: [503], baseMs: 0, maxMs: 0, budgetPercent: 1_000 },
      },
    },
    routes: [
      {
        id: 'r',
        match: { path: '/' },
        upstream: 'u',
        rateLimit: [
          {
            name: 'client',
            by: 'header:x-client',
            burst: 10,
            windowS: 86_400,
            overrides: { a: { burst: 5, windowS: 86_400 } },
          },
          { name: 'trial', by: 'ip', burst: 1, windowS: 86_400, shadow: true },
        ],
      },
    ],
  };
}

function requestsOf(seed: number): Request[] {
  const random = new SeededRandom(seed);
  return Array.from({ length: REQUESTS }, () => ({
    client: random.pick(['a', 'b', 'c', 'd', 'e', 'f']),
    method: random.pick(['GET', 'GET', 'POST']),
    status: random.pick([200, 200, 404, 500, 503]),
  }));
}

async function ask(requests: readonly Request[], seed: number): Promise<Seen> {
  const seen: Seen = { answered: 0, failed: {}, refused: {}, retries: 0 };
  const before = upstream.requests.length;
  let forwarded = 0;
  for (const [i, { client, method, status }] of requests.entries()) {
    const headers = { 'x-client': client, 'x-give': String(status), 'x-number': `${seed}-${i}` };
    const reply = await call(gateway.url, { method, headers });
    const problem = reply.field('content-type') === 'application/problem+json' ? (reply.json as Problem) : null;
    if (problem === null) forwarded++;
    if (problem?.code === 'rate-limited') count(seen.refused, `limit ${problem['violated-policies'][0]}`);
    else if (problem?.code === 'breaker-open') count(seen.refused, 'breaker');
    else if (reply.status >= 500) count(seen.failed, String(reply.status));
    else seen.answered++;
  }
  seen.retries = upstream.requests.length - before - forwarded;
  return seen;
}

interface Problem {
  readonly code: string;
  readonly 'violated-policies': readonly string[];
}

function count(counts: Record<string, number>, name: string): void {
  counts[name] = (counts[name] ?? 0) + 1;
}

function foresee(requests: readonly Request[]): Seen {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-agrees-'));
  try {
    const rows = requests.map(({ client, method, status }, i) => `${i},${client},${method},${status},1`);
    writeFileSync(join(folder, 't.csv'), ['time_s,header:X-Client,method,status,latency_ms', ...rows].join('\n'));
    const { config, revision } = parseConfigObject(configOf(upstream.url));
    const options = simulationOptions(config, revision, { traffic: 't.csv', 'latency-ms': '1' }, folder);
    const [{ answered, failedByStatus, refusedBy, retries }] = simulate(options).routes;
    return { answered, failed: failedByStatus, refused: refusedBy, retries };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe('a simulation', () => {
  it.each([1, 2, 3])('foresees what the gateway does with the same requests (seed %d)', async (seed) => {
    const requests = requestsOf(seed);
    const foreseen = foresee(requests);
    gateway = await startGateway(configOf(upstream.url));
    expect(await ask(requests, seed)).toEqual(foreseen);
    expect(Object.keys(foreseen.refused)).toEqual(expect.arrayContaining(['breaker', 'limit client']));
    expect(foreseen.retries).toBeGreaterThan(0);
  });
});
