import { Transform } from 'node:stream';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Events, requestFailed, type StageHooks } from '@app/gateway';
import { startRawUpstream, type RawUpstream } from '../helpers/raw-upstream.js';
import { stageOf } from '../helpers/stage-of.js';
import { startGateway, type RunningGateway } from '../helpers/start-gateway.js';

function broken(): never {
  // A code like those of Node, which an upstream's malformed head has as well.
  throw Object.assign(new TypeError('secret reason'), { code: 'ERR_INVALID_ARG_TYPE' });
}

describe('a stage that fails', () => {
  let upstream: RawUpstream;
  let gateway: RunningGateway | null = null;
  let reasons: string[];

  beforeAll(async () => {
    upstream = await startRawUpstream(({ socket, received }) => {
      if (received.endsWith('\r\n\r\n')) socket.write('HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello');
    });
  });

  afterAll(() => upstream.close());

  afterEach(async () => {
    await gateway?.close();
    gateway = null;
  });

  async function start(hooks: StageHooks, last: 'upstream' | 'respond' = 'upstream'): Promise<RunningGateway> {
    const target = last === 'upstream' ? { upstream: 'u' } : { respond: { body: 'hello' } };
    gateway = await startGateway(
      {
        upstreams: { u: { targets: [{ url: upstream.url }] } },
        routes: [{ id: 'r', match: { path: '/r' }, cors: { origins: ['*'] }, ...target }],
      },
      { stages: [stageOf(hooks)] },
    );
    reasons = [];
    gateway.gateway.app.get(Events).on(requestFailed, ({ error }) => reasons.push((error as Error).message));
    return gateway;
  }

  it.each<[string, StageHooks]>([
    ['when a request comes', { request: broken }],
    ['after a while', { request: () => new Promise((_, reject) => setTimeout(reject, 5, new Error('secret reason'))) }],
    ['when the upstream would be asked', { forward: broken }],
    ['when a reply passes', { response: broken }],
    ['when a body passes', { body: broken }],
    ['when a request comes, and again when its refusal passes', { request: broken, response: broken }],
  ])('%s ends the request with 500, tells the operator why and the client nothing', async (_, hooks) => {
    const { url } = await start(hooks);
    const reply = await fetch(`${url}/r`, { headers: { origin: 'https://a.example' } });
    const text = await reply.text();
    expect(reply.status).toBe(500);
    expect(reply.headers.get('x-request-id')).toBeTruthy();
    expect(JSON.parse(text)).toMatchObject({ code: 'internal-error' });
    expect(text).not.toContain('secret');
    expect(new Set(reasons)).toEqual(new Set(['secret reason']));
  });

  it('on the way out of an answer of the gateway itself ends it with 500 as well', async () => {
    const { url } = await start({ response: broken }, 'respond');
    expect((await fetch(`${url}/r`)).status).toBe(500);
  });

  it('leaves the refusal to the stages above, so that a browser can read it', async () => {
    const { url } = await start({ request: broken });
    const reply = await fetch(`${url}/r`, { headers: { origin: 'https://a.example' } });
    expect(reply.headers.get('access-control-allow-origin')).toBe('*');
  });

  it('in the middle of a body cuts the reply', async () => {
    const { url } = await start({
      body: () =>
        new Transform({
          transform(_chunk, _encoding, callback) {
            callback(new Error('secret reason'));
          },
        }),
    });
    await expect(fetch(`${url}/r`).then((reply) => reply.text())).rejects.toThrow(/^(?:fetch failed|terminated)$/);
    expect(reasons).toEqual(['secret reason']);
  });

  it('at the end of a request harms neither the stages above nor the next request', async () => {
    const { url } = await start({ end: broken });
    for (let i = 0; i < 3; i++) expect(await (await fetch(`${url}/r`)).text()).toBe('hello');
    expect(await gateway?.close(2_000)).toBe(true);
    expect(reasons).toEqual(['secret reason', 'secret reason', 'secret reason']);
  });
});
