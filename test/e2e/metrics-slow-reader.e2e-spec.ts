import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { exposeSource, type Sample } from '@app/observability';
import { Registry } from 'prom-client';
import { call } from '../helpers/call.js';
import { eventually, pass } from '../helpers/eventually.js';
import { RawConnection } from '../helpers/raw-connection.js';
import { startGateway, type RunningGateway } from '../helpers/start-gateway.js';

/** More than the kernel takes on the way: 60 MB and more. */
const SERIES = 1_000_000;

describe('a reader of /metrics that stops reading', () => {
  let gateway: RunningGateway;
  let made = 0;
  let given = 0;

  beforeAll(async () => {
    gateway = await startGateway({ routes: [{ id: 'hello', match: { path: '/hello' }, respond: { body: 'hello' } }] });
    exposeSource(gateway.gateway.app.get(Registry), {
      name: 'large',
      help: 'Many series.',
      type: 'gauge',
      *samples(): Iterable<Sample> {
        try {
          for (let at = 0; at < SERIES; at++) {
            made++;
            yield { labels: { at, text: 'somewhat longer than a number' }, value: at };
          }
        } finally {
          given++;
        }
      },
    });
  });
  afterAll(() => gateway?.close());

  it('gets nothing more made until it reads on, is in nobody’s way, and leaves nothing behind', async () => {
    const reader = await RawConnection.open(gateway.port);
    reader.write('GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await reader.until(({ received }) => received.length > 0);
    reader.socket.pause();
    let before = -1;
    for (let look = 0; made !== before; look++) {
      if (look > 50) throw new Error('it is written on and on');
      before = made;
      await pass(100);
    }
    expect(made).toBeLessThan(SERIES / 2);
    expect(given).toBe(0);
    expect((await call(`${gateway.url}/hello`)).text).toBe('hello');

    reader.destroy();
    await eventually('the exposition is given up', () => given === 1);
    expect(made).toBeLessThan(SERIES / 2);
  });
});
