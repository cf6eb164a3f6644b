import { execFile, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { call, type Reply } from '../helpers/call.js';
import { pass } from '../helpers/eventually.js';
import { GatewayProcess } from '../helpers/gateway-process.js';
import { startHttpUpstream, type HttpUpstream } from '../helpers/http-upstream.js';

const run = promisify(execFile);
const go = spawnSync('go', ['version']).status === 0;

/** What `go tool pprof` prints of a profile. */
async function pprof(...args: string[]): Promise<string> {
  return (await run('go', ['tool', 'pprof', ...args])).stdout;
}

describe(`the profiles of a gateway under load (${go ? 'read by' : 'Go is not here to read them, so not read by'} go tool pprof)`, () => {
  let upstream: HttpUpstream;
  let gateway: GatewayProcess;
  let url: string;
  const load = { on: true, ended: Promise.resolve() as Promise<unknown> };

  beforeAll(async () => {
    upstream = await startHttpUpstream((_, response) => response.end('x'.repeat(1000)));
    [gateway, url] = await GatewayProcess.serving({
      config: {
        upstreams: { users: { targets: [{ url: upstream.url }] } },
        routes: [{ id: 'users', match: { path: '/users/*' }, upstream: 'users' }],
      },
    });
    const ask = async (): Promise<void> => {
      while (load.on) await call(`${url}/users/1`);
    };
    load.ended = Promise.all(Array.from({ length: 8 }, ask));
  });
  afterAll(async () => {
    load.on = false;
    await load.ended;
    await gateway?.dispose();
    await upstream?.close();
  });

  const take = async (path: string): Promise<Reply> => {
    const reply = await call(`${url}/debug/pprof/${path}`);
    expect([path, reply.status]).toEqual([path, 200]);
    return reply;
  };
  /** Saves a profile. @returns its file, and the strings that are in it */
  const save = async (path: string, name: string): Promise<[string, string]> => {
    const { body } = await take(path);
    const file = join(gateway.folder, name);
    writeFileSync(file, body);
    return [file, gunzipSync(body).toString('latin1')];
  };

  it('tell where the processor’s time goes, by the names and files of TypeScript', async () => {
    const [file, strings] = await save('profile?seconds=1', 'cpu.prof');
    expect(strings).toMatch(/apps\/gateway\/src\/pipeline\/[a-z-]+\.ts/);
    expect(strings).not.toMatch(/dist\/apps\/gateway\/apps\/gateway\/src\/pipeline/);
    if (!go) return;
    const top = await pprof('-top', '-cum', '-lines', file);
    expect(top).toMatch(/^Type: cpu$/m);
    expect(top).toMatch(/\bapps\/gateway\/src\/[a-z/-]+\.ts:\d+$/m);
  });

  it('tell what memory is held, and what of it is new since an earlier one', async () => {
    const [before] = await save('heap', 'heap-before.prof');
    await call(`${url}/users/2`);
    const [after, strings] = await save('heap', 'heap-after.prof');
    expect(strings).toContain('inuse_space');
    if (!go) return;
    expect(await pprof('-top', after)).toMatch(/^Type: inuse_space$/m);
    expect(await pprof('-top', `-base=${before}`, after)).toMatch(/^Showing nodes accounting for /m);
  });

  it('tell what is allocated, held or not, one such profile at a time', async () => {
    const first = save('allocs?seconds=1', 'allocs.prof');
    await pass(300);
    for (const path of ['allocs?seconds=1', 'heap']) {
      expect([path, (await call(`${url}/debug/pprof/${path}`)).status]).toEqual([path, 409]);
    }
    const [file, strings] = await first;
    expect(strings).toContain('alloc_space');
    expect((await take('heap')).body.length).toBeGreaterThan(0);
    if (!go) return;
    for (const index of ['alloc_space', 'inuse_space']) {
      expect(await pprof('-top', `-sample_index=${index}`, file)).toMatch(new RegExp(`^Type: ${index}$`, 'm'));
    }
  });

  it('tell how late the event loop is', async () => {
    const lines = (await take('loop?seconds=0.5')).text.split('\n');
    expect(lines[0]).toMatch(/^event loop delay: \d+ samples in \d\.\d s, one each 1 ms$/);
    expect(lines.find((line) => line.startsWith('p99 '))).toMatch(/^p99 {3}\d+\.\d{3} ms$/);
    expect(lines.find((line) => line.startsWith('utilisation'))).toMatch(/^utilisation \d+\.\d %$/);
  });

  it.each(['allocs?seconds=0', 'allocs?seconds=301', 'loop?seconds=-1', 'loop?seconds=long', 'profile?seconds='])(
    'are not taken for an odd time: %s',
    async (path) => {
      expect((await call(`${url}/debug/pprof/${path}`)).status).toBe(400);
    },
  );

  it.each(['profile?seconds=30', 'heap', 'heap?debug=1', 'goroutine?debug=1', 'allocs?seconds=30', 'loop?seconds=10'])(
    'are listed: %s',
    async (path) => {
      expect((await take('')).text).toContain(`<a href="/debug/pprof/${path}">`);
    },
  );
});
