import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readMessage, valuesOf, type WireMessage } from '../helpers/http-message.js';
import { RawConnection } from '../helpers/raw-connection.js';
import { startRecordingUpstream, type RecordingUpstream } from '../helpers/recording-upstream.js';
import { startGateway, type RunningGateway } from '../helpers/start-gateway.js';

describe('fields of a hop', () => {
  let upstream: RecordingUpstream;
  let gateway: RunningGateway;

  beforeAll(async () => {
    upstream = await startRecordingUpstream();
    gateway = await startGateway({
      upstreams: { raw: { targets: [{ url: upstream.url }] } },
      routes: [{ id: 'raw', match: { path: '/*' }, upstream: 'raw' }],
    });
  });

  afterAll(async () => {
    await gateway?.close();
    await upstream?.close();
  });

  async function send(...lines: string[]): Promise<WireMessage> {
    const client = await RawConnection.open(gateway.port);
    client.write(['GET /x HTTP/1.1', 'host: a', ...lines, '', ''].join('\r\n'));
    await client.until(({ text }) => text.endsWith('ok'));
    client.destroy();
    return upstream.last;
  }

  async function answerWith(...lines: string[]): Promise<WireMessage> {
    upstream.answer = ['HTTP/1.1 200 OK', 'content-length: 2', ...lines, '', 'ok'].join('\r\n');
    const client = await RawConnection.open(gateway.port);
    client.write('GET /x HTTP/1.1\r\nhost: a\r\n\r\n');
    await client.until(({ text }) => text.endsWith('ok'));
    client.destroy();
    upstream.answer = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok';
    return readMessage(client.text);
  }

  describe('of a request', () => {
    it.each([
      'keep-alive: timeout=5',
      'proxy-connection: keep-alive',
      'proxy-authorization: Basic eDp5',
      'upgrade: h2c',
      'http2-settings: AAMAAABkAAQAAP__',
      'te: gzip',
    ])('end at the gateway: %s', async (line) => {
      const sent = await send(line);
      expect(valuesOf(sent, line.split(':', 1)[0])).toEqual([]);
    });

    it.each([
      ['x-mine', 'x-mine: 1'],
      ['X-MINE', 'x-mine: 1'],
      ['close, x-mine', 'x-mine: 1'],
      [' , x-other ,,\tx-mine', 'X-Mine: 1'],
      ['keep-alive, X-Mine, upgrade', 'x-mine: 1'],
      ['authorization', 'Authorization: Bearer x'],
      ['cookie', 'cookie: a=b'],
    ])('end at the gateway when Connection names them: %s', async (connection, line) => {
      const sent = await send(`connection: ${connection}`, line, 'x-stays: 1');
      expect(valuesOf(sent, line.split(':', 1)[0].toLowerCase())).toEqual([]);
      expect(valuesOf(sent, 'x-stays')).toEqual(['1']);
    });

    it('end at the gateway when any of several Connection fields names them', async () => {
      const sent = await send('connection: x-one', 'x-one: 1', 'x-two: 2', 'x-two: 3', 'Connection: x-two');
      expect(valuesOf(sent, 'x-one')).toEqual([]);
      expect(valuesOf(sent, 'x-two')).toEqual([]);
    });

    it('never take away what the gateway itself says, whatever Connection names', async () => {
      const sent = await send(
        'connection: host, via, x-forwarded-for, x-forwarded-proto, x-forwarded-host, forwarded, x-request-id, traceparent, content-length',
      );
      for (const name of [
        'host',
        'via',
        'x-forwarded-for',
        'x-forwarded-proto',
        'forwarded',
        'x-request-id',
        'traceparent',
      ]) {
        expect(valuesOf(sent, name)).toHaveLength(1);
      }
    });

    it('never unframe a body, whatever Connection names', async () => {
      const client = await RawConnection.open(gateway.port);
      client.write('POST /x HTTP/1.1\r\nhost: a\r\nconnection: content-length\r\ncontent-length: 4\r\n\r\n\r\n\r\n');
      await client.until(({ text }) => text.endsWith('ok'));
      expect(valuesOf(upstream.last, 'content-length')).toEqual(['4']);
      expect(upstream.last.rest).toBe('\r\n\r\n');
      client.destroy();
    });

    it('are said anew for the connection to the upstream', async () => {
      const said = valuesOf(await send('connection: close'), 'connection');
      // The default, which may be said.
      expect(said.filter((value) => value !== 'keep-alive')).toEqual([]);
    });

    it('do not hide others: repeated and odd fields pass unchanged, in their order', async () => {
      const lines = ['x-a: 1', 'x-b: two words', 'x-a: 3', 'x-empty:', 'x-bytes: \xe9\xff', 'accept: a, b;q=0.1'];
      const sent = await send(...lines);
      const seen = sent.fields.filter((field) => /^(?:x-[ab]|x-empty|x-bytes|accept): ?/.test(field));
      expect(seen).toEqual([
        'x-a: 1',
        'x-b: two words',
        'x-a: 3',
        'x-empty: ',
        'x-bytes: \xe9\xff',
        'accept: a, b;q=0.1',
      ]);
    });
  });

  describe('of a reply', () => {
    it.each(['proxy-connection: keep-alive', 'proxy-authenticate: Basic', 'upgrade: h2c', 'te: trailers'])(
      'end at the gateway: %s',
      async (line) => {
        expect(valuesOf(await answerWith(line), line.split(':', 1)[0])).toEqual([]);
      },
    );

    it('are said anew for the connection to the client', async () => {
      const reply = await answerWith('Connection: close', 'Keep-Alive: timeout=1, max=3');
      expect(valuesOf(reply, 'connection')).toEqual(['keep-alive']);
      expect(valuesOf(reply, 'keep-alive')).toEqual(['timeout=72']);
    });

    it.each([
      ['x-theirs', 'x-theirs: 1'],
      ['close, X-Theirs', 'X-THEIRS: 1'],
      ['keep-alive,\tx-theirs , x-none', 'x-theirs: 1'],
    ])('end at the gateway when Connection names them: %s', async (connection, line) => {
      const reply = await answerWith(`connection: ${connection}`, line, 'x-stays: 1');
      expect(valuesOf(reply, 'x-theirs')).toEqual([]);
      expect(valuesOf(reply, 'x-stays')).toEqual(['1']);
    });

    it('never unframe a body, whatever Connection names', async () => {
      const reply = await answerWith('connection: content-length, content-type', 'content-type: text/plain');
      expect(valuesOf(reply, 'content-length')).toEqual(['2']);
      expect(valuesOf(reply, 'content-type')).toEqual(['text/plain']);
    });

    it('do not hide others: repeated and odd fields pass unchanged', async () => {
      const reply = await answerWith(
        'Set-Cookie: a=1',
        'set-cookie: b=2',
        'x-bytes: \xe9\xff',
        'Server: own',
        'Date: then',
      );
      expect(valuesOf(reply, 'set-cookie')).toEqual(['a=1', 'b=2']);
      expect(valuesOf(reply, 'x-bytes')).toEqual(['\xe9\xff']);
      expect(valuesOf(reply, 'server')).toEqual(['own']);
      expect(valuesOf(reply, 'date')).toEqual(['then']);
    });
  });
});
