import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { call } from '../helpers/call.js';
import { GatewayProcess } from '../helpers/gateway-process.js';

const LIMIT = 150;
const REQUESTS = 600;
const AT_ONCE = 20;

let gateway: GatewayProcess;
let url: string;

beforeAll(async () => {
  const policy = (algorithm: 'gcra' | 'sliding-window') => ({
    name: algorithm,
    by: 'ip' as const,
    algorithm,
    burst: LIMIT,
    windowS: 86_400,
  });
  const route = (algorithm: 'gcra' | 'sliding-window') => ({
    id: algorithm,
    match: { path: `/${algorithm}` },
    respond: { status: 200 },
    rateLimit: policy(algorithm),
  });
  [gateway, url] = await GatewayProcess.serving({
    config: { server: { port: 0, host: '127.0.0.1', workers: 2 }, routes: [route('gcra'), route('sliding-window')] },
  });
});

afterAll(() => gateway.dispose());

/** Each request has a connection of its own, which the kernel gives to either worker. @returns the statuses */
async function flood(path: string): Promise<number[]> {
  const seen: number[] = [];
  const ask = async (): Promise<void> => {
    for (let i = 0; i < REQUESTS / AT_ONCE; i++) seen.push((await call(url + path)).status);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, ask));
  return seen;
}

describe('two workers on one port', () => {
  it.each(['gcra', 'sliding-window'])('let exactly as many requests through as the limit says, by %s', async (name) => {
    const seen = await flood(`/${name}`);
    expect(seen.filter((status) => status === 200)).toHaveLength(LIMIT);
    expect(seen.filter((status) => status === 429)).toHaveLength(REQUESTS - LIMIT);
    const { text } = await call(`${url}/metrics`);
    expect(text).toContain(`api_gateway_rate_limiter_rejected_total{route="${name}"} ${REQUESTS - LIMIT}\n`);
    expect(text).toContain(`api_gateway_rate_limiter_allowed_total{route="${name}"} ${LIMIT}\n`);
  });
});
