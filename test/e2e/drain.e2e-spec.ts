import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { WebSocket, WebSocketServer } from 'ws';
import { call, complete, open } from '../helpers/call.js';
import { eventually, pass } from '../helpers/eventually.js';
import { GatewayProcess } from '../helpers/gateway-process.js';
import { readMessage, valuesOf } from '../helpers/http-message.js';
import { startHttpUpstream, type HttpUpstream } from '../helpers/http-upstream.js';
import { RawConnection } from '../helpers/raw-connection.js';

/** Longer than any test may take: what ends a gateway within a test was not this. */
const FOREVER_MS = 600_000;

const SWITCH = 'HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: echo\r\n\r\n';

describe('the end of a gateway', () => {
  let upstream: HttpUpstream;
  let sockets: WebSocketServer;
  let gateway: GatewayProcess;
  let url: string;
  let port: number;
  /** The upstream's side of the last connection that has switched. */
  let switched: Socket;
  /** Replies that the upstream owes. */
  const held: ServerResponse[] = [];
  const clients: RawConnection[] = [];

  beforeAll(async () => {
    sockets = new WebSocketServer({ noServer: true });
    upstream = await startHttpUpstream((request, response) => {
      if (request.url === '/quick') response.end('quick');
      else held.push(response);
    });
    upstream.server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
      switched = socket;
      socket.on('error', () => undefined);
      if (request.headers.upgrade === 'websocket') sockets.handleUpgrade(request, socket, head, () => undefined);
      else socket.write(SWITCH);
    });
  });

  afterEach(async () => {
    for (const client of clients.splice(0)) client.destroy();
    await gateway?.dispose();
    held.length = 0;
  });

  afterAll(async () => {
    sockets?.close();
    await upstream?.close();
  });

  async function serve(drainTimeoutMs = FOREVER_MS, more: object = {}): Promise<void> {
    [gateway, url] = await GatewayProcess.serving({
      config: {
        server: { drainTimeoutMs },
        upstreams: { slow: { targets: [{ url: upstream.url }] } },
        routes: [{ id: 'slow', match: { path: '/*' }, upstream: 'slow', websocket: true, upgrades: ['echo'] }],
        ...more,
      },
    });
    port = Number(new URL(url).port);
  }

  async function drain(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    gateway.signal(signal);
    await gateway.until('it drains', ({ stdout }) => stdout.includes(`${signal}: draining`));
  }

  async function dial(): Promise<RawConnection> {
    const client = await RawConnection.open(port);
    clients.push(client);
    return client;
  }

  /** Waits until the gateway has read the head of a request, which the upstream may not hear of before its body. */
  async function untilActive(): Promise<void> {
    for (let text = ''; !/^api_gateway_active_requests [1-9]/m.test(text);) {
      ({ text } = await call(`${url}/metrics`));
    }
  }

  /** Sends a request whose reply the upstream owes from then on. */
  async function hold(): Promise<{ client: RawConnection; reply: ServerResponse }> {
    const client = await dial();
    const owed = held.length;
    client.write('GET /held HTTP/1.1\r\nhost: a\r\n\r\n');
    await eventually('the upstream has the request', () => held.length > owed);
    return { client, reply: held[owed] };
  }

  async function expectCleanExit(): Promise<void> {
    expect(await gateway.exited).toEqual({ code: 0, signal: null });
    expect(gateway.stderr).toBe('');
  }

  it.each(['SIGTERM', 'SIGINT'] as const)('comes at once after %s when there is nothing to do', async (signal) => {
    await serve();
    gateway.signal(signal);
    await expectCleanExit();
  });

  it.each(['SIGTERM', 'SIGINT'] as const)('lets a running request finish whole after %s', async (signal) => {
    await serve();
    const { client, reply } = await hold();
    await drain(signal);
    reply.end('whole');
    const message = readMessage(await client.untilClosed());
    expect(message.startLine).toBe('HTTP/1.1 200 OK');
    expect(message.rest).toMatch(/whole/);
    expect(valuesOf(message, 'connection')).toEqual(['close']);
    await expectCleanExit();
  });

  it('turns away new connections while a request is running', async () => {
    await serve();
    const { reply } = await hold();
    await drain();
    // What the kernel took in the moment before was still let in, to be closed like other unused connections.
    await pass(50);
    await expect(RawConnection.open(port)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    reply.end();
    await expectCleanExit();
  });

  it('lets a stream run to its end', async () => {
    await serve();
    const request = open(`${url}/stream`);
    request.end();
    await eventually('the upstream has the request', () => held.length > 0);
    held[0].write('one,');
    const [message] = (await once(request, 'response')) as [IncomingMessage];
    await drain();
    for (const part of ['two,', 'three,']) {
      held[0].write(part);
      await pass(60);
    }
    held[0].end('four');
    expect((await complete(message)).text).toBe('one,two,three,four');
    await expectCleanExit();
  });

  it.each([
    ['that is small', 8, { 'content-length': '8' }],
    ['that is large', 400_000, { 'content-length': '400000' }],
    ['in chunks', 400_000, {}],
  ])('lets an upload %s arrive whole', async (_, bytes, headers) => {
    await serve();
    const body = Buffer.alloc(bytes, 'abcdefg');
    const request = open(`${url}/upload`, { method: 'POST', headers });
    request.write(body.subarray(0, bytes / 2));
    const replied = once(request, 'response') as Promise<[IncomingMessage]>;
    await untilActive();
    await drain();
    await pass(60);
    request.end(body.subarray(bytes / 2));
    await eventually('the upstream has the request', () => held.length > 0);
    const chunks: Buffer[] = [];
    for await (const chunk of held[0].req) chunks.push(chunk as Buffer);
    held[0].end(String(Buffer.concat(chunks).equals(body)));
    expect((await complete((await replied)[0])).text).toBe('true');
    await expectCleanExit();
  });

  it('closes idle connections at once, used and unused ones, while a request is still running', async () => {
    await serve();
    const [used, unused] = [await dial(), await dial()];
    used.write('GET /quick HTTP/1.1\r\nhost: a\r\n\r\n');
    await used.until(({ text }) => text.includes('quick'));
    expect(used.text).not.toMatch(/connection: close/i);
    const { reply } = await hold();
    await drain();
    await used.untilClosed();
    expect(await unused.untilClosed()).toBe('');
    expect(gateway.child.exitCode).toBeNull();
    reply.end();
    await expectCleanExit();
  });

  it('answers /ready with 503 where a request for it was under way, and other requests with a close', async () => {
    await serve();
    const [probe, ordinary] = [await dial(), await dial()];
    probe.write('GET /ready HTTP/1.1\r\n');
    ordinary.write('GET /quick HTTP/1.1\r\n');
    // Their first bytes are read before the signal is: this one came after them.
    expect((await call(`${url}/ready`)).status).toBe(200);
    await drain();
    probe.write('host: localhost\r\n\r\n');
    ordinary.write('host: localhost\r\n\r\n');
    const notReady = readMessage(await probe.untilClosed());
    expect(notReady.startLine).toBe('HTTP/1.1 503 Service Unavailable');
    expect(JSON.parse(notReady.rest)).toEqual({ status: 'draining' });
    expect(valuesOf(notReady, 'connection')).toEqual(['close']);
    const served = readMessage(await ordinary.untilClosed());
    expect(served.startLine).toBe('HTTP/1.1 200 OK');
    expect(valuesOf(served, 'connection')).toEqual(['close']);
    await expectCleanExit();
  });

  it('serves no request that was pipelined behind a reply that announced the close', async () => {
    await serve();
    const { client, reply } = await hold();
    await drain();
    client.write('GET /ready HTTP/1.1\r\nhost: localhost\r\n\r\n');
    await pass(50);
    reply.end('whole');
    expect((await client.untilClosed()).match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200']);
    await expectCleanExit();
  });

  it('drains a management port as well', async () => {
    await serve(FOREVER_MS, { management: { port: 0 } });
    const health = `${/"managementUrl":"([^"]+)"/.exec(gateway.stdout)?.[1]}/health`;
    const { reply } = await hold();
    expect((await call(health)).status).toBe(200);
    await drain();
    await pass(50);
    await expect(call(health)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    reply.end();
    await expectCleanExit();
  });

  describe('with connections that have left HTTP', () => {
    async function connect(): Promise<WebSocket> {
      const client = new WebSocket(`ws://127.0.0.1:${port}/ws`);
      await once(client, 'open');
      return client;
    }

    it('closes a WebSocket with 1001', async () => {
      await serve();
      const client = await connect();
      const closed = once(client, 'close');
      await drain();
      expect((await closed)[0]).toBe(1001);
      await expectCleanExit();
    });

    it('waits for the end of a frame that is under way', async () => {
      await serve();
      const client = await connect();
      const heard: string[] = [];
      client.on('message', (data) => heard.push((data as Buffer).toString()));
      client.on('close', (code) => heard.push(`closed ${code}`));
      const closed = once(client, 'close');
      switched.write(Buffer.concat([Buffer.from([0x81, 5]), Buffer.from('he')]));
      await pass(50);
      await drain();
      await pass(100);
      expect(heard).toEqual([]);
      switched.write('llo');
      await closed;
      expect(heard).toEqual(['hello', 'closed 1001']);
      await expectCleanExit();
    });

    it('ends another protocol with FIN, behind what was sent before', async () => {
      await serve();
      const client = await dial();
      client.write('GET /echo HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: echo\r\n\r\n');
      await client.until(({ text }) => text.includes('\r\n\r\n'));
      switched.write('last words');
      await client.until(({ text }) => text.endsWith('last words'));
      await drain();
      await client.until(({ ended }) => ended);
      expect(client.error).toBeNull();
      client.socket.end();
      await expectCleanExit();
    });
  });

  it('cuts what has not finished in time, says so in one line, and exits with 1', async () => {
    await serve(300);
    const { client } = await hold();
    gateway.signal('SIGTERM');
    expect(await gateway.exited).toEqual({ code: 1, signal: null });
    expect(gateway.stderr).toBe('sluice: some requests did not finish in time and were cut\n');
    expect(await client.untilClosed()).toBe('');
  });

  it.each([
    ['SIGTERM', 'SIGTERM'],
    ['SIGINT', 'SIGINT'],
    ['SIGTERM', 'SIGINT'],
  ] as const)('comes at once when %s is followed by %s', async (first, second) => {
    await serve();
    await hold();
    await drain(first);
    gateway.signal(second);
    expect(await gateway.exited).toEqual({ code: 1, signal: null });
    expect(gateway.stderr).toBe('');
  });
});
