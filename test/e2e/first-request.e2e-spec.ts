import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startGateway, type RunningGateway } from '../helpers/start-gateway.js';
import { startRawUpstream, type RawUpstream } from '../helpers/raw-upstream.js';

describe('a first request', () => {
  let upstream: RawUpstream;
  let gateway: RunningGateway;

  beforeAll(async () => {
    upstream = await startRawUpstream(({ socket, received }) => {
      if (received.endsWith('\r\n\r\n'))
        socket.write('HTTP/1.1 200 OK\r\ncontent-length: 5\r\nx-from: upstream\r\n\r\nhello');
    });
    gateway = await startGateway({
      upstreams: { plain: { targets: [{ url: upstream.url }] } },
      routes: [{ id: 'plain', match: { path: '/plain/*' }, upstream: 'plain' }],
    });
  });

  afterAll(async () => {
    await gateway?.close();
    await upstream?.close();
  });

  it('reaches its upstream, and the reply comes back whole', async () => {
    const reply = await fetch(`${gateway.url}/plain/x?y=1`);
    expect(reply.status).toBe(200);
    expect(await reply.text()).toBe('hello');
    expect(reply.headers.get('x-from')).toBe('upstream');
    expect(upstream.connections[0].received).toMatch(/^GET \/plain\/x\?y=1 HTTP\/1\.1\r\n/);
  });
});
