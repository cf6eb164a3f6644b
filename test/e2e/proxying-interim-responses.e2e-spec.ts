import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { call } from '../helpers/call.js';
import { expectProblem } from '../helpers/expect-problem.js';
import { readMessage } from '../helpers/http-message.js';
import { RawConnection } from '../helpers/raw-connection.js';
import { startRawUpstream, type RawUpstream } from '../helpers/raw-upstream.js';
import { startGateway, type RunningGateway } from '../helpers/start-gateway.js';

const FINAL = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok';
const HINT = 'HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\nLink: </b.js>; rel=preload\r\n\r\n';

describe('interim responses', () => {
  let upstream: RawUpstream;
  let gateway: RunningGateway;
  let answer = (_write: (text: string) => void): void => undefined;

  beforeAll(async () => {
    upstream = await startRawUpstream((connection) => {
      if (!connection.received.endsWith('\r\n\r\n')) return;
      connection.received = '';
      answer((text) => connection.socket.write(text, 'latin1'));
    });
    gateway = await startGateway({
      upstreams: { raw: { targets: [{ url: upstream.url }] } },
      routes: [{ id: 'raw', match: { path: '/*' }, upstream: 'raw' }],
    });
  });

  afterAll(async () => {
    await gateway?.close();
    await upstream?.close();
  });

  it('arrive while the final one is still being made', async () => {
    let finish = (): void => undefined;
    answer = (write) => {
      write(HINT);
      finish = () => write(FINAL);
    };
    const client = await RawConnection.open(gateway.port);
    client.write('GET / HTTP/1.1\r\nhost: a\r\n\r\n');
    await client.until(({ text }) => text.includes('\r\n\r\n'));
    const interim = readMessage(client.text);
    expect(interim.startLine).toBe('HTTP/1.1 103 Early Hints');
    expect(interim.fields).toEqual(['link: </a.css>; rel=preload', 'link: </b.js>; rel=preload']);
    expect(interim.rest).toBe('');
    finish();
    await client.until(({ text }) => text.endsWith('ok'));
    const final = readMessage(client.text.slice(client.text.indexOf('\r\n\r\n') + 4));
    expect(final.startLine).toBe('HTTP/1.1 200 OK');
    client.destroy();
  });

  it('arrive all, in their order, also when they come in one piece with the final one', async () => {
    answer = (write) => write(`HTTP/1.1 102 Processing\r\n\r\n${HINT}HTTP/1.1 104 Odd\r\nx-n: 3\r\n\r\n${FINAL}`);
    const reply = await call(gateway.url);
    expect(reply.interim.map(({ status }) => status)).toEqual([102, 103, 104]);
    expect(reply.interim[2].fields).toEqual(['x-n', '3']);
    expect(reply.text).toBe('ok');
  });

  it('carry neither hop-by-hop nor framing fields on', async () => {
    answer = (write) =>
      write(
        `HTTP/1.1 103 Early Hints\r\nconnection: x-mine\r\nx-mine: 1\r\nkeep-alive: timeout=1\r\ncontent-length: 9\r\nlink: <a>\r\n\r\n${FINAL}`,
      );
    const reply = await call(gateway.url);
    expect(reply.interim).toEqual([{ status: 103, fields: ['link', '<a>'] }]);
    expect(reply.text).toBe('ok');
  });

  it('are kept from a client of HTTP/1.0, which cannot read them', async () => {
    answer = (write) => write(HINT + FINAL);
    const client = await RawConnection.open(gateway.port);
    client.write('GET / HTTP/1.0\r\nhost: a\r\n\r\n');
    const text = await client.untilClosed();
    expect(text).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(text).not.toContain('103');
    expect(text).toMatch(/\r\n\r\nok$/);
  });

  it('do not stop a switch of protocols that nobody asked for from being refused', async () => {
    answer = (write) => write('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\nbytes');
    const reply = await call(gateway.url, { method: 'POST' });
    expect(reply.status).toBe(502);
    expect(reply.text).not.toContain('bytes');
  });

  it('cannot be sent without end', async () => {
    let written = 0;
    answer = (write) => {
      const hints = HINT.repeat(500);
      const more = (): void => {
        const { socket } = upstream.connections[upstream.connections.length - 1];
        while (!socket.destroyed && !socket.writableNeedDrain && written < 256 * 1_048_576) {
          write(hints);
          written += hints.length;
        }
        if (!socket.destroyed) socket.once('drain', more);
      };
      more();
    };
    const reply = await call(gateway.url);
    expectProblem(reply, 502, 'upstream-malformed');
    expect(written).toBeLessThan(64 * 1_048_576);
  });

  it('leave nothing behind that the next request could get', async () => {
    answer = (write) => write(HINT + FINAL);
    for (let i = 0; i < 5; i++) {
      const reply = await call(gateway.url);
      expect(reply.interim).toHaveLength(1);
      expect(reply.text).toBe('ok');
    }
  });
});
