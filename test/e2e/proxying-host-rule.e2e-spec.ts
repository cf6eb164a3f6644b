import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { call } from '../helpers/call.js';
import { valuesOf } from '../helpers/http-message.js';
import { RawConnection } from '../helpers/raw-connection.js';
import { startRecordingUpstream, type RecordingUpstream } from '../helpers/recording-upstream.js';
import { startGateway, type RunningGateway } from '../helpers/start-gateway.js';

describe('the Host that an upstream gets', () => {
  let upstream: RecordingUpstream;
  let gateway: RunningGateway;

  beforeAll(async () => {
    upstream = await startRecordingUpstream();
    const targets = [{ url: upstream.url }];
    gateway = await startGateway({
      upstreams: {
        usual: { targets },
        target: { targets, hostHeader: 'target' },
        client: { targets, hostHeader: 'client' },
        literal: { targets, hostHeader: 'users.internal:81' },
      },
      routes: ['usual', 'target', 'client', 'literal'].map((id) => ({ id, match: { path: `/${id}` }, upstream: id })),
    });
  });

  afterAll(async () => {
    await gateway?.close();
    await upstream?.close();
  });

  it.each([
    ['usual', () => `127.0.0.1:${upstream.port}`],
    ['target', () => `127.0.0.1:${upstream.port}`],
    ['client', () => 'Shop.Example:8080'],
    ['literal', () => 'users.internal:81'],
  ])('follows the rule of the upstream: %s', async (rule, host) => {
    await call(`${gateway.url}/${rule}`, { headers: { host: 'Shop.Example:8080' } });
    expect(valuesOf(upstream.last, 'host')).toEqual([host()]);
    // The one that the client asked for is told beside it.
    expect(valuesOf(upstream.last, 'x-forwarded-host')).toEqual(['Shop.Example:8080']);
  });

  it('is that of the target when a client of HTTP/1.0 names none', async () => {
    const client = await RawConnection.open(gateway.port);
    client.write('GET /client HTTP/1.0\r\n\r\n');
    await client.untilClosed();
    expect(valuesOf(upstream.last, 'host')).toEqual([`127.0.0.1:${upstream.port}`]);
  });

  it('is that of an absolute target, which outranks the field (RFC 9112 section 3.2.2)', async () => {
    const client = await RawConnection.open(gateway.port);
    client.write('GET http://real.example/client HTTP/1.1\r\nhost: other.example\r\n\r\n');
    await client.until(({ text }) => text.endsWith('ok'));
    expect(upstream.last.startLine).toBe('GET /client HTTP/1.1');
    expect(valuesOf(upstream.last, 'host')).toEqual(['real.example']);
    expect(valuesOf(upstream.last, 'x-forwarded-host')).toEqual(['real.example']);
    client.destroy();
  });
});
