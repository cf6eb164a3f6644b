import { afterEach, describe, expect, it } from '@jest/globals';
import { call } from '../helpers/call.js';
import { compiled, GatewayProcess } from '../helpers/gateway-process.js';

const answering = { routes: [{ id: 'hello', match: { path: '/hello' }, respond: { status: 200, body: 'hello' } }] };

describe('the start', () => {
  let gateway: GatewayProcess | undefined;

  afterEach(() => gateway?.dispose());

  it.each([
    ['main.js', compiled('main.js')],
    ['sluice start', compiled('cli.js', 'start')],
  ])('serves what the file says, and tells where, with %s', async (_, command) => {
    let url: string;
    [gateway, url] = await GatewayProcess.serving({ config: answering, command });
    expect((await call(`${url}/hello`)).text).toBe('hello');
    expect(gateway.stderr).toBe('');
  });
});
