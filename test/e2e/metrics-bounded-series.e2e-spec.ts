import { METHODS } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { call } from '../helpers/call.js';
import { converse } from '../helpers/converse.js';
import { eventually } from '../helpers/eventually.js';
import { startHttpUpstream, type HttpUpstream } from '../helpers/http-upstream.js';
import { startGateway, type RunningGateway } from '../helpers/start-gateway.js';

const REQUESTS = 100_000;
const CONNECTIONS = 4;
const BATCH = 500;
// HEAD and CONNECT are answered in ways of their own.
const methods = METHODS.filter((method) => !['CONNECT', 'HEAD'].includes(method));

/** Sends odd requests, a batch at a time on each connection, and waits for a reply to each. */
function sendOdd(port: number, from: number, amount: number): Promise<void> {
  return new Promise((resolve, reject) => {
    let sent = 0;
    let answered = 0;
    let rest = '';
    const socket = connect(port, '127.0.0.1');
    const send = (): void => {
      let text = '';
      for (const end = Math.min(sent + BATCH, amount); sent < end; sent++) {
        const n = from + sent;
        // A third of the paths are those of a route.
        const path = n % 3 === 0 ? `/hello/${n}?q=${n}` : `/odd-${n}/%c3%a9/${n}`;
        text += `${methods[n % methods.length]} ${path} HTTP/1.1\r\nHost: host-${n}.test\r\nContent-Length: 0\r\n\r\n`;
      }
      socket.write(text);
    };
    socket.setEncoding('latin1').on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) if (line.startsWith('x-request-id: ')) answered++;
      if (answered >= amount) {
        socket.destroy();
        resolve();
      } else if (answered >= sent) send();
    });
    socket.on('error', reject);
    socket.on('close', () => reject(new Error(`closed after ${answered} of ${amount} replies`)));
    send();
  });
}

describe('the number of series', () => {
  let upstream: HttpUpstream;
  let gateway: RunningGateway;
  let status = 200;

  beforeAll(async () => {
    upstream = await startHttpUpstream((_, response) => {
      response.statusCode = status;
      response.end();
    });
    gateway = await startGateway({
      upstreams: { odd: { targets: [{ url: upstream.url }] } },
      routes: [
        { id: 'hello', match: { path: '/hello/*' }, respond: { body: 'hello' } },
        { id: 'odd', match: { path: '/odd/*' }, upstream: 'odd' },
      ],
    });
  });
  afterAll(async () => {
    await gateway?.close();
    await upstream?.close();
  });

  const series = async (): Promise<string[]> =>
    (await call(`${gateway.url}/metrics`)).text
      .split('\n')
      .filter((line) => line.startsWith('api_gateway_'))
      .map((line) => line.replace(/ \S+$/, ''));

  it('stays as it is under 100,000 requests with odd methods, hosts and paths', async () => {
    // Each method once, on a route and beside it: from here on nothing is new.
    await sendOdd(gateway.port, 0, methods.length * 3);
    const before = await series();
    const share = REQUESTS / CONNECTIONS;
    await Promise.all(Array.from({ length: CONNECTIONS }, (_, at) => sendOdd(gateway.port, 1_000 + at * share, share)));
    await converse(gateway.port, 'GARBAGE-BY-A-STRANGER / HTTP/1.1\r\nHost: x\r\n\r\n');
    expect(await series()).toEqual(before);
    const lines = (await call(`${gateway.url}/metrics`)).text.split('\n');
    const counted = lines
      .filter((line) => line.startsWith('api_gateway_requests_total{'))
      .reduce((sum, line) => sum + Number(/ (\d+)$/.exec(line)?.[1]), 0);
    expect(counted).toBeGreaterThanOrEqual(REQUESTS);
  });

  it('is bounded under an upstream with odd statuses, which cannot hide the usual ones', async () => {
    for (status = 200; status < 600; status++) await call(`${gateway.url}/odd/${status}`);
    status = 503;
    await call(`${gateway.url}/odd/usual`);
    await eventually('all have been asked', () => upstream.requests.length === 401);
    const statuses = (await series()).filter((line) => /_requests_total\{method="GET",route="odd"/.test(line));
    expect(statuses.length).toBeLessThanOrEqual(64);
    expect(statuses.some((line) => line.includes('status="503"'))).toBe(true);
    expect(statuses.some((line) => line.includes('status="other"'))).toBe(true);
  });
});
