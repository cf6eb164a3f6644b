import { Agent, get } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { Bench } from '../peers/bench.ts';
import { saturatedRun } from '../peers/measure/saturated-run.ts';
import { undisturbed } from '../peers/measure/undisturbed.ts';
import { bearer, bearerToken } from '../peers/policies/bearer-token.ts';
import type { RunningPeer } from '../peers/running-peer.ts';
import { answerTo } from '../peers/workloads/answer-to.ts';
import { inTurns } from '../peers/workloads/in-turns.ts';
import { smallGet, warmUp } from '../peers/workloads/saturation.workload.ts';
import type { Measurement } from '../peers/workloads/workload.ts';
import { atRate } from './at-rate.ts';
import { BREAKER_VOLUME, CLIENT_FIELD, LIMIT_RPS, PATHS } from './measured-gateway.ts';
import type { Measured, Subject } from './target-list.ts';

const RATE = 1_000;
const WARM_UP_SECONDS = 2;
const LIMITED_SECONDS = 10;
/** How many times the limit is asked for. */
const LIMITED_EXCESS = 3;
const CLIENTS = 5_000;
const CLIENTS_AT_ONCE = 50;
/** What the clients have used of their limits comes back within a tenth of it. */
const REST_MS = 1_000;

/**
 * Measures everything on one gateway, in turns, so that a mood of the machine meets all of it.
 * @param floor the least that a proxy on Node costs, before the same backend
 */
export async function measureAll(bench: Bench, gateway: RunningPeer, floor: RunningPeer): Promise<Measured> {
  const headers = bearer(bearerToken());
  await openBreaker(gateway);
  const measured = new Map<Subject, Measurement[]>();
  const take = (subject: Subject, rounds: Measurement[]): void => void measured.set(subject, rounds);

  const steady: { name: Subject; path: string; status: number; peer?: RunningPeer }[] = [
    { name: 'proxied', path: PATHS.proxied, status: 200 },
    { name: 'withBreaker', path: PATHS.withBreaker, status: 200 },
    { name: 'health', path: PATHS.health, status: 200 },
    { name: 'authenticated', path: PATHS.authenticated, status: 200 },
    { name: 'breakerOpen', path: PATHS.breakerOpen, status: 503 },
    { name: 'policies', path: PATHS.policies, status: 200 },
    { name: 'floor', path: '/1k', status: 200, peer: floor },
  ];
  // Not yet as fast as it goes: the memory that takes is not the memory at this rate.
  for (const { path, status, peer = gateway } of steady) {
    await atRate(bench, peer, { path, status, headers, rate: RATE, seconds: WARM_UP_SECONDS });
  }
  const handles: Measurement[] = [];
  const rows = await inTurns(
    bench,
    { workload: 'targets', metric: 'p95Ms' },
    steady,
    async ({ name, path, status, peer = gateway }) => {
      const looking = name === 'policies' ? lookAtHandles(gateway, bench.seconds) : null;
      const load = { path, status, headers, rate: RATE, seconds: bench.seconds };
      const measurement = await undisturbed(() => atRate(bench, peer, load));
      if (measurement.errorsCount > 0)
        throw new Error(`${path}: ${measurement.errorsCount} answers were not ${status}`);
      if (looking !== null) handles.push(await looking);
      return measurement;
    },
  );
  for (const { subject, rounds } of rows) take(subject as Subject, rounds);
  take('handles', handles);

  const saturated: { name: Subject; path: string }[] = [
    { name: 'plainSaturated', path: PATHS.plain },
    { name: 'policiesSaturated', path: PATHS.policiesFast },
  ];
  for (const { path } of saturated) await warmUp(bench, gateway, { ...smallGet(path), headers });
  const full = await inTurns(
    bench,
    { workload: 'targets', metric: 'requestsPerSecond' },
    saturated,
    async ({ path }) => {
      const request = { ...smallGet(path), headers };
      const measurement = await undisturbed(() => saturatedRun(bench, gateway, request));
      if (measurement.errorsCount > 0) throw new Error(`${path}: ${measurement.errorsCount} errors`);
      return { ...measurement, requestsPerCoreSecond: 1e6 / measurement.cpuUsPerRequest };
    },
  );
  for (const { subject, rounds } of full) take(subject as Subject, rounds);

  const limited = {
    path: PATHS.limited,
    status: 200,
    headers,
    rate: LIMITED_EXCESS * LIMIT_RPS,
    seconds: LIMITED_SECONDS,
  };
  take('limited', [await undisturbed(() => atRate(bench, gateway, limited))]);
  await askAsManyClients(gateway);
  await delay(REST_MS);
  take('limiterKeys', [{ count: await metric(gateway, 'api_gateway_rate_limiter_active') }]);
  return measured;
}

/** Asks until the breaker has opened. */
async function openBreaker({ port }: RunningPeer): Promise<void> {
  for (let i = 0; i <= BREAKER_VOLUME; i++) await answerTo(port, PATHS.breakerOpen);
  const { status } = await answerTo(port, PATHS.breakerOpen);
  if (status !== 503) throw new Error(`the gateway answers ${status}: its breaker is not open`);
}

/** How many handles and requests there are in the middle of a run. */
async function lookAtHandles({ port }: RunningPeer, seconds: number): Promise<Measurement> {
  await delay((seconds / 2) * 1000);
  const { body } = await answerTo(port, '/debug/pprof/goroutine?debug=1');
  return { count: Number(/total (\d+)/.exec(body)?.[1] ?? NaN) };
}

/** So many clients that come once: each has a limit of its own. */
async function askAsManyClients({ port }: RunningPeer): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: CLIENTS_AT_ONCE });
  let next = 0;
  const work = async (): Promise<void> => {
    for (let client = next++; client < CLIENTS; client = next++) await askAs(`client-${client}`, port, agent);
  };
  try {
    await Promise.all(Array.from({ length: CLIENTS_AT_ONCE }, work));
  } finally {
    agent.destroy();
  }
}

function askAs(client: string, port: number, agent: Agent): Promise<void> {
  const headers = { [CLIENT_FIELD]: client };
  return new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', port, path: PATHS.manyClients, headers, agent }, (response) => {
      response.resume();
      response.once('end', resolve);
    }).once('error', reject);
  });
}

async function metric({ port }: RunningPeer, name: string): Promise<number> {
  const { body } = await answerTo(port, '/metrics');
  return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(body)?.[1] ?? NaN);
}
