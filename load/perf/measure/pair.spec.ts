import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import type { Bench } from '../../peers/bench.ts';
import { ENTRY } from '../../peers/peers/gateway.peer.ts';
import { inOrder, withBoth } from './pair.ts';
import { gateGateway } from './workloads.ts';

const folder = mkdtempSync(join(tmpdir(), 'perf-pair-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const bench: Bench = {
  folder,
  cores: { peer: null, load: null, upstream: null },
  upstreamPort: 1,
  rounds: 1,
  seconds: 1,
  progress: () => {},
};

/** A build whose gateway is this program. */
function build(name: string, program: string) {
  const own = join(folder, name);
  mkdirSync(dirname(join(own, ENTRY)), { recursive: true });
  writeFileSync(join(own, ENTRY), program);
  writeFileSync(join(own, 'package.json'), '{"type":"module"}');
  return { label: name, tree: name, folder: own };
}

const ANSWERS = `import { createServer } from 'node:http';
import { readFileSync } from 'node:fs';
const { server } = JSON.parse(readFileSync(process.env.GATEWAY_CONFIG, 'utf8'));
createServer((_, response) => response.end('ok')).listen(server.port);`;

describe('two gateways side by side', () => {
  it('take turns: who was second is first next', () => {
    expect([0, 1, 2].map((turn) => inOrder(turn)[0])).toEqual(['base', 'head', 'base']);
  });

  it('run together, and end with what was done with them', async () => {
    const trees = { base: build('one', ANSWERS), head: build('two', ANSWERS) };
    const pids = await withBoth(
      bench,
      trees,
      0,
      (tree, side) => gateGateway(tree, side),
      async ({ base, head }) => {
        expect(base.port).not.toBe(head.port);
        return [base.pid, head.pid];
      },
    );
    for (const pid of pids) expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  });

  it('end both when one does not come up, with one line that says why', async () => {
    const trees = {
      base: build('three', ANSWERS),
      head: build('four', 'console.error("no\\nsuch key"); process.exit(78);'),
    };
    await expect(
      withBoth(
        bench,
        trees,
        0,
        (tree, side) => gateGateway(tree, side),
        async () => {},
      ),
    ).rejects.toThrow(/^the gateway of four does not come up: head ended on start\. no such key$/);
  });
});
