import { built } from '../harness/built.ts';
import type { BenchCase, SyncSubject } from '../harness/bench-case.ts';

type HeadModule = typeof import('../../../apps/gateway/src/pipeline/contract/request-head.ts');
type ReadHeadModule = typeof import('../../../apps/gateway/src/edge/read-head.ts');
type ConnectionModule = typeof import('../../../apps/gateway/src/edge/connection.ts');
type FieldActionsModule = typeof import('../../../apps/gateway/src/edge/field-actions.ts');
type RouterModule = typeof import('../../../apps/gateway/src/routing/router.ts');
type LoadModule = typeof import('../../../apps/gateway/src/config/load.ts');
type ProblemModule = typeof import('../../../apps/gateway/src/problems/problem.ts');
type RegistryModule = typeof import('../../../apps/gateway/src/problems/registry.ts');
type RenderModule = typeof import('../../../apps/gateway/src/problems/render-problem.ts');

/** What a browser's call of an API looks like. */
const FIELDS = Object.entries({
  Host: 'api.example.com',
  Connection: 'keep-alive',
  Accept: 'application/json',
  'User-Agent': 'Mozilla/5.0',
  'Accept-Encoding': 'gzip, deflate, br',
  'Accept-Language': 'en',
  Referer: 'https://app.example.com/',
  Authorization: `Bearer ${'x'.repeat(180)}`,
}).flat();

/** What the gateway itself does to a request. */
export const gatewayCases: readonly BenchCase[] = [
  { name: 'head/read', title: 'read 8 request fields and write those for the upstream', prepare: readHead },
  { name: 'route/10', title: 'find one route of 10', prepare: () => matchAmong(10) },
  { name: 'route/1000', title: 'find one route of 1,000', prepare: () => matchAmong(1_000) },
  { name: 'problem/reply', title: 'make and write a refusal (429)', prepare: problemReply },
];

async function readHead(): Promise<SyncSubject> {
  const { RequestHead } = await built<HeadModule>('apps/gateway/src/pipeline/contract/request-head.ts');
  const { readHead: read } = await built<ReadHeadModule>('apps/gateway/src/edge/read-head.ts');
  const { Connection } = await built<ConnectionModule>('apps/gateway/src/edge/connection.ts');
  // The client stands directly before the gateway.
  const trust = { has: () => false } as unknown as Parameters<typeof read>[2]['trust'];
  const { FieldActions } = await built<FieldActionsModule>('apps/gateway/src/edge/field-actions.ts');
  const actions = new FieldActions(['x-user-id', 'x-tenant-id']);
  const settings = { viaName: 'bench', trust, actions, keepEncodedSlash: false, headBytesMax: 16_384 };
  const socket = { remoteAddress: '192.0.2.1' } as Parameters<typeof Connection.of>[0];
  const request = {
    method: 'GET',
    url: '/api/v1/users/42?expand=roles',
    httpVersionMajor: 1,
    httpVersionMinor: 1,
  } as Parameters<typeof read>[0];
  const op = (): number => {
    const head = new RequestHead(FIELDS);
    const problem = read(request, Connection.of(socket, trust), settings, head);
    return problem === null ? head.fields.length : -1;
  };
  if (op() < FIELDS.length) throw new Error('the request was refused, or the fields for the upstream are missing');
  return { kind: 'sync', op };
}

async function matchAmong(count: number): Promise<SyncSubject> {
  const { RequestHead } = await built<HeadModule>('apps/gateway/src/pipeline/contract/request-head.ts');
  const { Router } = await built<RouterModule>('apps/gateway/src/routing/router.ts');
  const { parseConfigObject } = await built<LoadModule>('apps/gateway/src/config/load.ts');
  const routes = Array.from({ length: count }, (_, i) => ({
    id: `route-${i}`,
    match: { path: `/api/v1/service-${i}/*` },
    respond: {},
  }));
  const router = new Router(parseConfigObject({ routes }).config.routes.map((route, i) => [route, i] as const));
  const heads = routes.map((_, i) => Object.assign(new RequestHead([]), { path: `/api/v1/service-${i}/items/42` }));
  // 7 and both counts have no common divisor: every route is asked for, and none behind its neighbour.
  const op = (i: number): number => router.find(heads[(i * 7) % count], 'GET') ?? -1;
  if (op(1) !== 7) throw new Error(`found route ${op(1)} instead of 7`);
  return { kind: 'sync', op };
}

async function problemReply(): Promise<SyncSubject> {
  const { Problem } = await built<ProblemModule>('apps/gateway/src/problems/problem.ts');
  const { problems } = await built<RegistryModule>('apps/gateway/src/problems/registry.ts');
  const { renderProblem } = await built<RenderModule>('apps/gateway/src/problems/render-problem.ts');
  const type = { ...problems.noRoute, status: 429 };
  const op = (i: number): number => {
    const problem = new Problem(type, { headers: ['retry-after', String(i & 63)], members: { limit: 'default' } });
    return renderProblem(problem, '4f1d2c7ab0e95d36-1z', '/api/v1/users/42').length;
  };
  return { kind: 'sync', op };
}
