import { answerTo } from '../../peers/workloads/answer-to.ts';
import { configuredGateway } from '../../peers/peers/gateway.peer.ts';
import type { RunningPeer, Variant } from '../../peers/running-peer.ts';
import type { BuiltTree } from '../trees/build-tree.ts';
import { ClosedLoop, requestBytes } from './closed-loop.ts';
import { CountingUpstream } from './counting-upstream.ts';
import type { Side } from './pair.ts';
import { fallsTo, standsStill } from './settled.ts';
import { stalledDownload, stalledUpload } from './stalled-transfer.ts';
import type { Tally } from './tally.ts';

/** What a gateway asks of its upstream and holds on to, counted: chance has little part in it. */
export interface Counts {
  /** Connections to the upstream for a thousand requests. */
  connections: number;
  /** Requests that the upstream saw for a hundred that one fresh reply could answer. */
  cacheMisses: number;
  /** Tries for a hundred requests to an upstream that always fails. */
  tries: number;
  /** Keys of limits that are held when all have their whole limit again. */
  limiterKeys: number;
  /** Open handles when all clients have left. */
  handles: number;
  uploadTaken: number;
  downloadTaken: number;
  bodyGrowth: number;
}

const CLIENTS = 20;
const REQUESTS = 2_000;
const KEYED_CLIENTS = 5_000;
/** Of each of them: given back in a tenth of a second. */
const KEY_LIMIT = { rps: 10, burst: 10 };
const CLIENT_FIELD = 'x-client';
/** What the keys of gone clients may take to be dropped. */
const KEYS_TIMEOUT_MS = 4_000;
const HANDLES_TIMEOUT_MS = 2_000;

export function contractGateway(tree: BuiltTree, side: Side, upstreamPort: number): Variant {
  return {
    name: side,
    readyPath: '/plain/fine',
    command: (place) => {
      const upstream = { targets: [{ url: `http://127.0.0.1:${upstreamPort}` }] };
      const route = (id: string, more: object): object => ({
        id,
        match: { path: `/${id}/*` },
        rewrite: { stripPrefix: `/${id}` },
        upstream: 'plain',
        ...more,
      });
      return configuredGateway(
        place,
        {
          upstreams: { plain: upstream, retried: { ...upstream, retry: { attempts: 3, baseMs: 1, maxMs: 2 } } },
          routes: [
            route('plain', {}),
            route('cached', { cache: { enabled: true } }),
            route('retried', { upstream: 'retried' }),
            {
              id: 'keyed',
              match: { path: '/keyed' },
              respond: { body: 'ok' },
              rateLimit: { by: `header:${CLIENT_FIELD}`, ...KEY_LIMIT },
            },
          ],
        },
        tree.folder,
      );
    },
  };
}

/** Takes all counts of one gateway, which stands before `upstream` alone. */
export async function countsOf(gateway: RunningPeer, upstream: CountingUpstream, tally: Tally): Promise<Counts> {
  const ask = async (path: string, requests: number): Promise<void> => {
    const loop = new ClosedLoop(gateway.port, CLIENTS, () => requestBytes('GET', path));
    const answers = await loop.run(requests);
    loop.close();
    // The upstream's own failures are what was asked for.
    if (path !== '/retried/failing') tally.take(answers);
  };
  const connectionsBefore = upstream.connections;
  await ask('/plain/fine', REQUESTS);
  const connections = (1000 * (upstream.connections - connectionsBefore)) / REQUESTS;
  await ask('/cached/cacheable', REQUESTS);
  await ask('/retried/failing', REQUESTS);
  const limiterKeys = await keysHeld(gateway, tally);
  const handles = await standsStill(() => openHandles(gateway), { timeoutMs: HANDLES_TIMEOUT_MS });
  const upload = await stalledUpload(gateway, upstream);
  const download = await stalledDownload(gateway, upstream);
  return {
    connections,
    cacheMisses: (100 * upstream.asked('/cacheable')) / REQUESTS,
    tries: (100 * upstream.asked('/failing')) / REQUESTS,
    limiterKeys,
    handles,
    uploadTaken: upload.takenMib,
    downloadTaken: download.takenMib,
    bodyGrowth: Math.max(upload.grownMib, download.grownMib),
  };
}

/** So many clients come once, each with a limit of its own; then there is time to forget them. */
async function keysHeld(gateway: RunningPeer, tally: Tally): Promise<number> {
  const loop = new ClosedLoop(gateway.port, CLIENTS, (i) => requestBytes('GET', '/keyed', { [CLIENT_FIELD]: `c${i}` }));
  tally.take(await loop.run(KEYED_CLIENTS));
  loop.close();
  return fallsTo(0, () => metric(gateway, 'api_gateway_rate_limiter_active'), KEYS_TIMEOUT_MS);
}

async function openHandles({ port }: RunningPeer): Promise<number> {
  const { body } = await answerTo(port, '/debug/pprof/goroutine?debug=1');
  return Number(/total (\d+)/.exec(body)?.[1] ?? NaN);
}

async function metric({ port }: RunningPeer, name: string): Promise<number> {
  const { body } = await answerTo(port, '/metrics');
  return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(body)?.[1] ?? NaN);
}
