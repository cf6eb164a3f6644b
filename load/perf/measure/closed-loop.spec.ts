import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { ClosedLoop, requestBytes } from './closed-loop.ts';

let server: Server;
let connections = 0;

async function serve(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<number> {
  connections = 0;
  server = createServer((request, response) => {
    request.resume();
    request.once('end', () => answer(request, response));
  });
  server.on('connection', () => connections++);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

const fine = (_: IncomingMessage, response: ServerResponse): void => {
  response.writeHead(200, { 'content-length': 2 }).end('ok');
};

afterEach(() => {
  server.closeAllConnections();
  server.close();
});

describe('the closed loop', () => {
  it('makes exactly so many requests, on connections that it keeps', async () => {
    let asked = 0;
    const loop = new ClosedLoop(await serve((request, response) => (asked++, fine(request, response))), 4, () =>
      requestBytes('GET', '/'),
    );
    for (const requests of [1, 3, 10, 101]) {
      expect(await loop.run(requests)).toEqual({ requests, byStatus: new Map([[200, requests]]) });
    }
    expect(asked).toBe(115);
    expect(connections).toBe(4);
    loop.close();
  });

  it('sends bodies and fields, and counts requests for whoever makes them', async () => {
    const seen: string[] = [];
    const port = await serve((request, response) => {
      seen.push(`${request.method} ${request.url} ${request.headers['x-client'] as string}`);
      fine(request, response);
    });
    const loop = new ClosedLoop(port, 1, (i) => requestBytes('POST', '/a', { 'X-Client': `c${i}` }, 'body'));
    await loop.run(2);
    await loop.run(1);
    expect(seen).toEqual(['POST /a c0', 'POST /a c1', 'POST /a c2']);
    loop.close();
  });

  it('counts answers by status, and connections that break as none', async () => {
    let asked = 0;
    const port = await serve((request, response) => {
      asked++;
      if (asked % 5 === 0) response.destroy();
      else if (asked % 5 === 1) response.writeHead(502, { 'content-length': 0 }).end();
      else fine(request, response);
    });
    const loop = new ClosedLoop(port, 1, () => requestBytes('GET', '/'));
    expect([...(await loop.run(10)).byStatus].toSorted(([a], [b]) => a - b)).toEqual([
      [0, 2],
      [200, 6],
      [502, 2],
    ]);
    loop.close();
  });

  it('goes on where each answer closes its connection', async () => {
    const port = await serve((_, response) => {
      response.writeHead(200, { 'content-length': 2, connection: 'close' }).end('ok');
    });
    const loop = new ClosedLoop(port, 2, () => requestBytes('GET', '/'));
    const { byStatus } = await loop.run(20);
    expect((byStatus.get(200) ?? 0) + (byStatus.get(0) ?? 0)).toBe(20);
    loop.close();
  });

  it('gives up when nobody is there', async () => {
    const port = await serve(fine);
    server.close();
    await once(server, 'close');
    const loop = new ClosedLoop(port, 2, () => requestBytes('GET', '/'));
    await expect(loop.run(10_000)).rejects.toThrow(/connections broke in a row: .*ECONNREFUSED/);
  });
});
