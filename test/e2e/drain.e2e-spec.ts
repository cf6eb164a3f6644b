import { once } from 'node:events';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { complete, open } from '../helpers/call.js';
import { GatewayProcess } from '../helpers/gateway-process.js';
import { startHttpUpstream, type HttpUpstream } from '../helpers/http-upstream.js';
import type { IncomingMessage, ServerResponse } from 'node:http';

describe('the end of a gateway', () => {
  let upstream: HttpUpstream;
  let gateway: GatewayProcess;
  let url: string;
  const held: ServerResponse[] = [];

  beforeAll(async () => {
    upstream = await startHttpUpstream((_, response) => void held.push(response));
  });

  afterEach(() => gateway?.dispose());
  afterAll(() => upstream?.close());

  it.each(['SIGTERM', 'SIGINT'] as const)(
    'lets a running request finish after %s, and exits with 0',
    async (signal) => {
      [gateway, url] = await GatewayProcess.serving({
        config: {
          upstreams: { slow: { targets: [{ url: upstream.url }] } },
          routes: [{ id: 'slow', match: { path: '/*' }, upstream: 'slow' }],
        },
      });
      const request = open(`${url}/x`);
      request.end();
      const arrived = once(upstream.server, 'request');
      await arrived;
      const replied = once(request, 'response') as Promise<[IncomingMessage]>;
      gateway.signal(signal);
      await gateway.until('it drains', ({ stdout }) => stdout.includes(`${signal}: draining`));
      held.splice(0).forEach((response) => response.end('whole'));
      const [message] = await replied;
      expect((await complete(message)).text).toBe('whole');
      expect(await gateway.exited).toEqual({ code: 0, signal: null });
      expect(gateway.stderr).toBe('');
    },
  );
});
