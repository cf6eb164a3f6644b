import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { call } from '../helpers/call.js';
import { expectProblem } from '../helpers/expect-problem.js';
import { startGateway, type RunningGateway } from '../helpers/start-gateway.js';

describe('a request that no route takes', () => {
  let gateway: RunningGateway;

  beforeAll(async () => {
    gateway = await startGateway({ routes: [{ id: 'a', match: { path: '/a', methods: ['GET'] }, respond: {} }] });
  });
  afterAll(() => gateway?.close());

  it('is answered with 404 where nothing is', async () => {
    expectProblem(await call(`${gateway.url}/b`), 404, 'no-route');
  });
});
