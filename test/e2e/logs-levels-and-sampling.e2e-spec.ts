import { Logger } from '@nestjs/common';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { ConfigObject } from '@app/gateway';
import { call, type Reply } from '../helpers/call.js';
import { eventually } from '../helpers/eventually.js';
import { LogLines } from '../helpers/log-lines.js';
import { startGateway, type RunningGateway } from '../helpers/start-gateway.js';

type Logs = NonNullable<NonNullable<ConfigObject['telemetry']>['logs']>;

describe('the log', () => {
  const lines = new LogLines();
  let gateway: RunningGateway;

  async function serve(logs: Logs, logger?: undefined): Promise<void> {
    gateway = await startGateway(
      {
        telemetry: { logs },
        routes: [
          { id: 'fine', match: { path: '/fine' }, respond: { status: 200 } },
          { id: 'rare', match: { path: '/rare' }, respond: { status: 200 }, log: { sample: 0 } },
          { id: 'all', match: { path: '/all' }, respond: { status: 200 }, log: { sample: 1 } },
          { id: 'rare-and-broken', match: { path: '/broken' }, respond: { status: 500 }, log: { sample: 0 } },
        ],
      },
      { logTo: lines, ...(logger === undefined ? {} : { logger }) },
    );
  }

  /** Routes of the lines that a request of each kind leaves behind. */
  async function routesLogged(): Promise<string[]> {
    for (const path of ['/rare', '/fine', '/all', '/missing', '/broken']) await call(gateway.url + path);
    // Errors are always written, and this one was the last.
    await eventually('the last request has its line', () => lines.requests.at(-1)?.status === 500);
    return lines.requests.map(({ route }) => route);
  }

  function setLevel(body: string): Promise<Reply> {
    return call(`${gateway.url}/admin/log-level`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json', 'content-length': String(body.length) },
      body,
    });
  }

  afterEach(async () => {
    await gateway.close();
    lines.raw.length = 0;
  });

  it('has every request by default', async () => {
    await serve({});
    expect(await routesLogged()).toEqual(['fine', 'all', '-', 'rare-and-broken']);
  });

  it('has a share of the requests that went well where that is asked for, and all the others', async () => {
    await serve({ sample: 0 });
    expect(await routesLogged()).toEqual(['all', '-', 'rare-and-broken']);
  });

  it('has errors alone at level error', async () => {
    await serve({ level: 'error' });
    expect(await routesLogged()).toEqual(['rare-and-broken']);
  });

  it('has another level from one request to the next, and tells it', async () => {
    await serve({ level: 'error' });
    expect((await call(`${gateway.url}/admin/log-level`)).json).toEqual({ level: 'error' });
    const reply = await setLevel('{"level":"info"}');
    expect([reply.status, reply.json]).toEqual([200, { level: 'info' }]);
    expect(await routesLogged()).toEqual(['fine', 'all', '-', 'rare-and-broken']);
    lines.raw.length = 0;
    await setLevel('{"level":"silent"}');
    await call(`${gateway.url}/broken`);
    await setLevel('{"level":"warn"}');
    expect(await routesLogged()).toEqual(['-', 'rare-and-broken']);
  });

  it.each(['{"level":"loud"}', '{"level":30}', '{}', '[]', 'null', '{"level":"info","more":1}', '{"level"'])(
    'keeps its level when it is asked for %s',
    async (body) => {
      await serve({ level: 'warn' });
      expect((await setLevel(body)).status).toBe(400);
      expect((await call(`${gateway.url}/admin/log-level`)).json).toEqual({ level: 'warn' });
    },
  );

  it('has what others of the application say, in the same form', async () => {
    gateway = await startGateway({ routes: [] }, { logTo: lines, logger: undefined });
    lines.raw.length = 0;
    const logger = new Logger('Breaker');
    logger.warn({
      msg: 'opened',
      upstream: 'users',
      headers: { Authorization: 'secret', 'x-api-key': 'secret', accept: '*/*' },
    });
    logger.error('it broke\nin two', 'Error: it broke\n    at somewhere');
    logger.debug('not at this level');
    expect(lines.raw.map((line) => JSON.parse(line) as unknown)).toEqual([
      {
        level: 'warn',
        time: expect.any(String),
        context: 'Breaker',
        upstream: 'users',
        headers: { Authorization: '[redacted]', 'x-api-key': '[redacted]', accept: '*/*' },
        msg: 'opened',
      },
      {
        level: 'error',
        time: expect.any(String),
        context: 'Breaker',
        stack: 'Error: it broke\n    at somewhere',
        msg: 'it broke\nin two',
      },
    ]);
    expect(lines.raw.every((line) => line.indexOf('\n') === line.length - 1)).toBe(true);
  });
});
