import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { NativeClient, type NativeClientOptions } from '@app/upstream-client';
import { startDeafListener } from '../helpers/deaf-listener.js';
import { eventually, pass } from '../helpers/eventually.js';
import { startRawUpstream, type RawUpstream, type UpstreamConnection } from '../helpers/raw-upstream.js';
import { ask, begin, type Answer } from '../helpers/upstream-client/exchange.js';

const OK = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok';
const BEGUN = 'HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf';

describe('a connection of the upstream client', () => {
  let upstream: RawUpstream;
  let answer: (connection: UpstreamConnection, index: number) => void;
  let clients: NativeClient[];

  beforeEach(async () => {
    clients = [];
    answer = ({ socket }) => socket.write(OK);
    upstream = await startRawUpstream((connection, index) => {
      if (connection.received.endsWith('\r\n\r\n')) answer(connection, index);
    });
  });

  afterEach(async () => {
    for (const client of clients) client.destroy();
    for (const client of clients) await client.drain();
    expect(clients.map((client) => client.stats())).toEqual(
      clients.map(() => expect.objectContaining({ open: 0, idle: 0, waiting: 0, active: 0, largeBuffersOut: 0 })),
    );
    await upstream.close();
  });

  function open(options: Partial<NativeClientOptions> = {}): NativeClient {
    const client = new NativeClient({ origin: upstream.url, ...options });
    clients.push(client);
    return client;
  }

  async function used(client: NativeClient): Promise<UpstreamConnection> {
    expect((await ask(client)).body).toBe('ok');
    await eventually('it is idle', () => client.stats().idle === 1);
    return upstream.connections[upstream.connections.length - 1];
  }

  const gone = (client: NativeClient): Promise<void> => eventually('it is gone', () => client.stats().open === 0);

  describe('is not used again', () => {
    it.each<[string, (connection: UpstreamConnection) => unknown]>([
      ['the upstream has half-closed it', ({ socket }) => socket.end()],
      ['the upstream has reset it', ({ socket }) => socket.resetAndDestroy()],
      ['the upstream speaks unasked', ({ socket }) => socket.write(OK)],
      ['the upstream sends a single byte', ({ socket }) => socket.write('\n')],
    ])('when %s meanwhile', async (_, act) => {
      const client = open();
      act(await used(client));
      await gone(client);
      expect((await ask(client)).body).toBe('ok');
      expect(client.stats().connections).toBe(2);
    });

    it.each([
      ['says close', 'HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\nok'],
      ['speaks HTTP/1.0', 'HTTP/1.0 200 OK\r\ncontent-length: 2\r\n\r\nok'],
      ['sends a byte too many', `${OK}!`],
      ['sends another response behind', `${OK}${OK}`],
      ['sends a body with a response that has none', 'HTTP/1.1 204 No Content\r\n\r\nok'],
      ['keeps it for a second only', 'HTTP/1.1 200 OK\r\nkeep-alive: timeout=1\r\ncontent-length: 2\r\n\r\nok'],
    ])('when the upstream %s', async (_, reply) => {
      const client = open();
      answer = ({ socket }) => socket.write(reply);
      const answers = [await ask(client), await ask(client)];
      expect(answers.map(({ error, status }) => [error, status >= 200])).toEqual([
        ['', true],
        ['', true],
      ]);
      expect(client.stats().connections).toBe(2);
    });

    it('when a read ended exactly where its buffer does, and more follows', async () => {
      // The head and body fill the 16 KiB that are read; what stands behind belongs to nobody.
      const head = 'HTTP/1.1 200 OK\r\ncontent-length: 16342\r\n\r\n';
      const filling = head + 'x'.repeat(16_384 - head.length);
      expect(filling).toContain(`content-length: ${16_384 - head.length}`);
      answer = ({ socket }, index) => socket.write(index === 0 ? filling + OK.replace('ok', 'no') : OK);
      const client = open();
      const bodies: string[] = [];
      await new Promise<void>((resolve) => {
        begin(
          client,
          {},
          {
            onOver: (first) => {
              bodies.push(first.error);
              begin(
                client,
                {},
                {
                  onOver: (second) => {
                    bodies.push(second.body);
                    resolve();
                  },
                },
              );
            },
          },
        );
      });
      expect(bodies).toEqual(['', 'ok']);
      expect(client.stats().connections).toBe(2);
    });

    it('when its time is over', async () => {
      const client = open({ keepAliveMs: 60 });
      await used(client);
      await gone(client);
    });

    it('when its upstream said that its time is over', async () => {
      const client = open({ keepAliveMs: 60_000 });
      answer = ({ socket }) => socket.write(OK.replace('content', 'keep-alive: max=5, timeout=2\r\ncontent'));
      await used(client);
      const at = performance.now();
      await gone(client);
      expect(performance.now() - at).toBeLessThan(2_000);
    });

    it('when the client keeps none', async () => {
      const client = open({ keepAliveMs: 0 });
      await ask(client);
      await gone(client);
    });
  });

  it('is used again after a response that its upstream keeps to', async () => {
    const client = open();
    for (const reply of [
      OK,
      'HTTP/1.1 204 No Content\r\n\r\n',
      'HTTP/1.1 304 Not Modified\r\ncontent-length: 5\r\n\r\n',
      'HTTP/1.0 200 OK\r\nconnection: keep-alive\r\ncontent-length: 0\r\n\r\n',
      'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nx: y\r\n\r\n',
    ]) {
      answer = ({ socket }) => socket.write(reply);
      expect((await ask(client)).error).toBe('');
    }
    expect(client.stats()).toMatchObject({ connections: 1, reuseRatio: 0.8 });
  });

  describe('goes with an exchange that is aborted', () => {
    const phases: [string, (begun: () => void) => Promise<[Answer, NativeClient]>][] = [
      [
        'while it connects',
        async () => {
          const client = open();
          return [begin(client), client];
        },
      ],
      [
        'before the head',
        async () => {
          answer = (): void => undefined;
          const client = open();
          const running = begin(client);
          await eventually('it was sent', () => upstream.connections[0]?.received !== undefined);
          return [running, client];
        },
      ],
      [
        'in the middle of the head',
        async () => {
          answer = ({ socket }) => socket.write('HTTP/1.1 200 OK\r\nx-a');
          const client = open();
          const running = begin(client);
          await eventually('something came', () => client.stats().bytesReceived > 0);
          return [running, client];
        },
      ],
      [
        'in the middle of the body',
        async () => {
          answer = ({ socket }) => socket.write(BEGUN);
          const client = open();
          const running = begin(client);
          await eventually('it began', () => running.body === 'half');
          return [running, client];
        },
      ],
      [
        'while it is paused',
        async () => {
          answer = ({ socket }) => socket.write(BEGUN);
          const client = open();
          const running = begin(client, {}, { onData: () => false });
          await eventually('it began', () => running.body === 'half');
          return [running, client];
        },
      ],
      [
        'while its body is sent',
        async () => {
          const client = open();
          const body = new Readable({ read: (): void => undefined });
          const running = begin(client, { method: 'POST', body, bodyBytes: 10 });
          body.push('half');
          await eventually('half is there', () =>
            upstream.connections.some(({ received }) => received.endsWith('half')),
          );
          return [running, client];
        },
      ],
    ];
    it.each(phases)('%s', async (_, reach) => {
      const [running, client] = await reach(() => undefined);
      running.exchange?.abort();
      running.exchange?.abort();
      await gone(client);
      expect([running.over, running.faults, running.error]).toEqual([false, [], '']);
      expect(client.stats()).toMatchObject({ active: 0, waiting: 0 });
    });

    it.each(['onInformation', 'onHead', 'onData'] as const)('from within %s', async (where) => {
      answer = ({ socket }) => socket.write(`HTTP/1.1 103 Hints\r\n\r\n${OK}`);
      const client = open();
      const running = begin(
        client,
        {},
        {
          [where]: (self: Answer) => {
            self.exchange?.abort();
            return true;
          },
        },
      );
      await eventually('it was asked', () => upstream.connections[0]?.received !== '');
      await gone(client);
      expect([running.over, running.faults]).toEqual([false, []]);
    });
  });

  it('is not needed by an exchange that is aborted while it waits', async () => {
    answer = (): void => undefined;
    const client = open({ connectionsMax: 1 });
    const answers = [begin(client), begin(client), begin(client)];
    answers[1].exchange?.abort();
    expect(client.stats()).toMatchObject({ waiting: 1 });
    answers[0].exchange?.abort();
    answer = ({ socket }) => socket.write(OK);
    expect((await answers[2].done).body).toBe('ok');
    expect(answers[1].over).toBe(false);
  });

  describe('runs out of time', () => {
    it('while it is opened', async () => {
      const deaf = await startDeafListener();
      const client = open({ origin: `http://127.0.0.1:${deaf.port}`, connectTimeoutMs: 50 });
      expect((await ask(client)).error).toBe('connect-timeout: opening');
      await gone(client);
      await deaf.close();
    });

    it('before it comes free', async () => {
      answer = (): void => undefined;
      const client = open({ connectionsMax: 1, queueTimeoutMs: 50 });
      const first = begin(client);
      expect((await ask(client)).error).toBe('connect-timeout: queue');
      expect([first.over, client.stats().waiting]).toEqual([false, 0]);
    });

    it.each([
      ['before the head', '', 'headers-timeout'],
      ['in the head', 'HTTP/1.1 200 OK\r\nx: ', 'headers-timeout'],
      ['after an interim head', 'HTTP/1.1 103 Hints\r\n\r\n', 'headers-timeout'],
      ['in the body', BEGUN, 'idle-timeout: receiving'],
      ['in a chunk', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nab', 'idle-timeout: receiving'],
      ['in the trailers', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\nx', 'idle-timeout: receiving'],
      ['in a body until the end', 'HTTP/1.1 200 OK\r\n\r\nab', 'idle-timeout: receiving'],
    ])('%s', async (_, reply, error) => {
      answer = ({ socket }) => socket.write(reply);
      const client = open({ headersTimeoutMs: 60, idleTimeoutMs: 60 });
      expect((await ask(client)).error).toBe(error);
      await gone(client);
    });

    it('when the upstream does not take the body', async () => {
      const client = open({ headersTimeoutMs: 60_000, idleTimeoutMs: 80 });
      const body = new Readable({
        read() {
          upstream.connections[0]?.socket.pause();
          this.push(Buffer.alloc(65_536));
        },
      });
      expect((await ask(client, { method: 'POST', body, bodyBytes: -1 })).error).toBe('idle-timeout: sending');
      await gone(client);
    });

    it('not while the receiver pauses it', async () => {
      answer = ({ socket }) => socket.write(BEGUN);
      const client = open({ idleTimeoutMs: 50 });
      const running = begin(client, {}, { onData: ({ chunks }) => chunks.length > 1 });
      await eventually('it began', () => running.body === 'half');
      await pass(150);
      expect(running.over).toBe(false);
      upstream.connections[0].socket.write('whole!');
      running.exchange?.resume();
      expect((await running.done).body).toBe('halfwhole!');
    });

    it('not while its owner gives the body slowly', async () => {
      const client = open({ idleTimeoutMs: 50, headersTimeoutMs: 50 });
      const body = new Readable({ read: (): void => undefined });
      const running = begin(client, { method: 'POST', body, bodyBytes: 4 });
      body.push('ab');
      await pass(150);
      expect(running.error).toBe('');
      answer = (): void => undefined;
      await eventually('half is there', () => upstream.connections[0].received.endsWith('ab'));
      upstream.connections[0].socket.write(OK);
      body.push('cd');
      body.push(null);
      expect((await running.done).body).toBe('ok');
    });
  });

  it('sends a body that waits for 100 when that does not come', async () => {
    const client = open();
    answer = (connection) => {
      connection.socket.on('data', () => connection.received.endsWith('body') && connection.socket.write(OK));
    };
    const got = await ask(client, { method: 'POST', body: Buffer.from('body'), expectsContinue: true });
    expect([got.body, got.interim]).toEqual(['ok', []]);
  });

  it('never sends a body that was refused instead of a 100', async () => {
    const client = open();
    answer = ({ socket }) => socket.write('HTTP/1.1 417 Expectation Failed\r\ncontent-length: 0\r\n\r\n');
    const got = await ask(client, { method: 'POST', body: Buffer.from('body'), expectsContinue: true });
    expect(got.status).toBe(417);
    await gone(client);
    expect(upstream.connections[0].received).toMatch(/\r\nexpect: 100-continue\r\ncontent-length: 4\r\n\r\n$/);
  });

  it.each([
    ['closes before a head', (socket: UpstreamConnection['socket']) => socket.end(), 'reset: waiting'],
    ['resets before a head', (socket) => socket.resetAndDestroy(), 'reset: waiting'],
    ['closes in the head', (socket) => socket.end('HTTP/1.1 200 OK\r\n'), 'reset: head'],
    ['closes in the body', (socket) => socket.end(BEGUN), 'reset: body'],
    [
      'closes in a chunk',
      (socket) => socket.end('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\na'),
      'reset: body',
    ],
  ] as [string, (socket: UpstreamConnection['socket']) => void, string][])(
    'fails its exchange when the upstream %s',
    async (_, act, error) => {
      answer = ({ socket }) => act(socket);
      const client = open();
      expect((await ask(client)).error).toBe(error);
      await gone(client);
    },
  );

  it('fails its exchange when the upstream resets it in a body that only its end would end', async () => {
    const client = open();
    answer = ({ socket }) => socket.write('HTTP/1.1 200 OK\r\n\r\nsome');
    const running = begin(client);
    await eventually('it began', () => running.body === 'some');
    upstream.connections[0].socket.resetAndDestroy();
    expect((await running.done).error).toBe('reset: body');
  });

  it('completes a body that its end ends', async () => {
    const client = open();
    answer = ({ socket }) => socket.end('HTTP/1.1 200 OK\r\n\r\nsome');
    const got = await ask(client);
    expect([got.error, got.body]).toEqual(['', 'some']);
    await gone(client);
  });

  it('fails where nobody listens', async () => {
    const { port } = upstream;
    await upstream.close();
    const client = open({ origin: `http://127.0.0.1:${port}` });
    expect((await ask(client)).error).toBe('connect-failed: opening');
    upstream = await startRawUpstream(() => undefined);
  });

  it('is opened to another address of the name when one does not answer, and again when the name has moved', async () => {
    let addresses = ['127.0.0.2', '::1', '127.0.0.1'];
    let asked = 0;
    const client = open({
      origin: `http://name.example:${upstream.port}`,
      resolveIntervalMs: 80,
      resolve: (_, done) => {
        asked++;
        done(
          null,
          addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
        );
      },
    });
    expect((await ask(client)).body).toBe('ok');
    expect((await ask(client)).body).toBe('ok');
    expect([asked, client.stats().connections]).toEqual([1, 1]);
    await pass(100);
    await ask(client);
    expect([asked, client.stats().connections]).toEqual([2, 1]);
    addresses = ['127.0.0.3'];
    await pass(100);
    await ask(client);
    expect(asked).toBe(3);
    expect((await ask(client)).error).toBe('connect-failed: opening');
  });

  it('has an end to how many wait for it', async () => {
    answer = (): void => undefined;
    const client = open({ connectionsMax: 1, waitingMax: 2 });
    begin(client);
    begin(client);
    begin(client);
    expect((await ask(client)).error).toBe('connect-failed: queue-full');
  });

  it('makes room for an upgrade when it is idle and no further one may be opened', async () => {
    const client = open({ connectionsMax: 1 });
    await used(client);
    answer = ({ socket }) => socket.write('HTTP/1.1 101 Switching\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n');
    const got = await ask(client, { upgrade: 'x' });
    expect(got.status).toBe(101);
    got.upgraded?.destroy();
  });
});
