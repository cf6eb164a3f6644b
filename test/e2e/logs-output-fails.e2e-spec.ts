import { randomInt } from 'node:crypto';
import { afterEach, describe, expect, it } from '@jest/globals';
import { call } from '../helpers/call.js';
import { eventually } from '../helpers/eventually.js';
import { compiled, GatewayProcess } from '../helpers/gateway-process.js';

const config = {
  telemetry: { logs: { bufferBytesMax: 65_536 } },
  routes: [{ id: 'hello', match: { path: '/*' }, respond: { status: 200, body: 'hello' } }],
};
/** Long, so that few requests fill what stands between the gateway and who reads it. */
const PATH = `/${'x'.repeat(2_000)}`;

async function dropped(url: string): Promise<number> {
  const { text } = await call(`${url}/metrics`);
  return Number(/^api_gateway_log_lines_dropped_total (\d+)$/m.exec(text)?.[1]);
}

/** Asks until lines are dropped. @returns how many requests that took, each of which was served */
async function askUntilDropped(url: string): Promise<number> {
  for (let asked = 0; asked < 3_000; asked += 20) {
    const replies = await Promise.all(Array.from({ length: 20 }, () => call(url + PATH)));
    expect(replies.every(({ status, text }) => status === 200 && text === 'hello')).toBe(true);
    if ((await dropped(url)) > 0) return asked + 20;
  }
  throw new Error('no line was dropped');
}

describe('standard output', () => {
  let gateway: GatewayProcess | undefined;

  afterEach(async () => {
    await gateway?.dispose();
    gateway = undefined;
  });

  async function endsCleanly(): Promise<void> {
    gateway?.signal('SIGTERM');
    expect(await gateway?.exited).toEqual({ code: 0, signal: null });
    expect(gateway?.stderr).toBe('');
  }

  it('that is a full disk loses lines, which are counted, and stops nothing', async () => {
    // What it says about its port is lost as well.
    const port = randomInt(20_000, 32_000);
    const url = `http://127.0.0.1:${port}`;
    gateway = GatewayProcess.start({
      config: { ...config, server: { port } },
      command: ['bash', '-c', 'exec "$@" >/dev/full', 'bash', ...compiled('cli.js', 'start')],
    });
    let up = false;
    void (async () => {
      while (!up)
        up = await call(`${url}/ready`).then(
          ({ status }) => status === 200,
          () => false,
        );
    })();
    await eventually('it serves', () => up, 20_000);
    await askUntilDropped(url);
    await endsCleanly();
  });

  it('whose reader is gone loses lines, which are counted, and stops nothing', async () => {
    const [started, url] = await GatewayProcess.serving({ config });
    gateway = started;
    started.child.stdout?.destroy();
    await askUntilDropped(url);
    expect((await call(`${url}/a`)).text).toBe('hello');
    await endsCleanly();
  });

  it('that nobody reads holds a bounded number of lines, loses the others, and does not hold up the end', async () => {
    const [started, url] = await GatewayProcess.serving({ config });
    gateway = started;
    started.child.stdout?.pause();
    await askUntilDropped(url);
    started.signal('SIGTERM');
    await new Promise((resolve) => started.child.once('exit', resolve));
    expect(started.child.exitCode).toBe(0);
    started.child.stdout?.resume();
    await endsCleanly();
  });

  it('gets the lines again when its reader is back', async () => {
    const [started, url] = await GatewayProcess.serving({ config });
    gateway = started;
    started.child.stdout?.pause();
    await askUntilDropped(url);
    started.child.stdout?.resume();
    await started.until('what waited has come', ({ stdout }) => stdout.split(PATH).length > 30);
    await call(`${url}/again`);
    await started.until('the next line has come', ({ stdout }) => stdout.includes('"path":"/again"'));
    // Whatever was lost, every line is whole.
    const lines = started.stdout.trimEnd().split('\n');
    for (const line of lines) expect(JSON.parse(line)).toMatchObject({ level: 'info' });
    await endsCleanly();
  });

  it('that is a terminal of a person has no objects, but the banner and readable lines', async () => {
    gateway = GatewayProcess.start({
      config,
      command: ['script', '-qec', compiled('cli.js', 'start').join(' '), '/dev/null'],
    });
    const url = await gateway.listening();
    await call(`${url}/a`);
    await gateway.until('the line has come', ({ stdout }) => /INFO.*GET \/a 200/.test(stdout));
    expect(gateway.stdout).not.toContain('{"level"');
  });
});
