import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { call } from '../helpers/call.js';
import { startGateway, type RunningGateway } from '../helpers/start-gateway.js';

describe('a problem', () => {
  let gateway: RunningGateway;

  beforeAll(async () => {
    gateway = await startGateway({ routes: [] });
  });
  afterAll(() => gateway?.close());

  it('names the request by the identifier of its own field', async () => {
    const reply = await call(`${gateway.url}/a`);
    expect(reply.json).toMatchObject({ instance: '/a', requestId: reply.field('x-request-id') });
  });
});
