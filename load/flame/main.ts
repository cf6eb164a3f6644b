/** `make flame`: where the processor time of the gateway goes under load, as an SVG. See docs/PERFORMANCE.md. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { openBench } from '../peers/bench.ts';
import { lineUp } from '../peers/line-up.ts';
import { revision } from '../peers/measure/environment.ts';
import { saturate } from '../peers/measure/saturation.ts';
import { fromRoot } from '../peers/peers/peer.ts';
import { bearer, bearerToken } from '../peers/policies/bearer-token.ts';
import { gatewayPolicies } from '../peers/policies/gateway-policies.ts';
import { writeWhole } from '../peers/report/report.ts';
import { startPeer, type RunningPeer } from '../peers/running-peer.ts';
import { flameSvg, shortFile, shortName } from './flame-svg.ts';
import { frameTree, hottest, shares } from './frame-tree.ts';
import { readProfile } from './read-profile.ts';

const EXIT_USAGE = 64;
const EXIT_UNAVAILABLE = 69;
const CONNECTIONS = 64;
/** Code is compiled and caches fill before anything is recorded. */
const WARM_UP_SECONDS = 3;
const SECONDS_DEFAULT = 15;
const HOTTEST = 12;
/** No load here reaches it. */
const LIMIT_PER_SECOND = 1_000_000;

const USAGE = `Usage: make flame ARGS="…" or node load/flame/main.ts …
  --seconds S      how long to record (default ${SECONDS_DEFAULT})
  --profile FILE   draw this CPU profile (gzipped pprof) instead of recording one
  --out FILE       where the SVG goes (default docs/images/flame.svg)
  --help`;

function end(code: number, text: string): never {
  console.error(`flame: ${text}`);
  process.exit(code);
}

function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        seconds: { type: 'string', default: String(SECONDS_DEFAULT) },
        profile: { type: 'string' },
        out: { type: 'string', default: fromRoot('docs/images/flame.svg') },
        help: { type: 'boolean', default: false },
      },
    });
    const seconds = Number(values.seconds);
    if (!(Number.isInteger(seconds) && seconds >= 1 && seconds <= 300)) {
      throw new Error(`--seconds: a whole number from 1 to 300, not ${values.seconds}`);
    }
    return { ...values, seconds };
  } catch (error) {
    return end(EXIT_USAGE, `${(error as Error).message}\n${USAGE}`);
  }
}

/** Saturates a gateway with every policy on a core of its own, and takes its own profile meanwhile. */
async function recorded(seconds: number): Promise<Buffer> {
  const { skipped } = lineUp(['gateway']);
  if (skipped.length > 0) throw new Error(skipped[0].reason);
  const bench = await openBench(1, seconds);
  const gateway = await startPeer(bench, gatewayPolicies(LIMIT_PER_SECOND));
  const load = saturate({
    url: `http://127.0.0.1:${gateway.port}/1k`,
    connections: CONNECTIONS,
    seconds: WARM_UP_SECONDS + seconds + 1,
    core: bench.cores.load,
    method: 'GET',
    body: null,
    headers: bearer(bearerToken()),
  });
  const [profile] = await Promise.all([profileOf(gateway, seconds), load]);
  await gateway.stop();
  return profile;
}

async function profileOf({ port }: RunningPeer, seconds: number): Promise<Buffer> {
  await new Promise((done) => setTimeout(done, WARM_UP_SECONDS * 1_000));
  const response = await fetch(`http://127.0.0.1:${port}/debug/pprof/profile?seconds=${seconds}`);
  if (response.status !== 200) throw new Error(`the gateway gives no profile: ${response.status}`);
  return Buffer.from(await response.arrayBuffer());
}

const options = readOptions();
if (options.help) {
  console.log(USAGE);
  process.exit(0);
}
try {
  const profile = options.profile === undefined ? await recorded(options.seconds) : readFileSync(options.profile);
  const tree = frameTree(readProfile(profile));
  if (tree.total === 0) throw new Error('the profile has no time in it');
  const seconds = (tree.total / 1e9).toFixed(1);
  const title = `GET through a route with every policy: ${seconds} s of CPU, revision ${revision() ?? 'unknown'}`;
  writeWhole(
    resolve(options.out),
    flameSvg(options.profile === undefined ? title : `${options.profile}: ${seconds} s of CPU`, tree),
  );
  const functions = hottest(tree, HOTTEST).map(({ name, file, owner, share }) => ({
    name: shortName(name),
    file: shortFile(file),
    owner,
    share,
  }));
  const owners = Object.fromEntries(shares(tree));
  if (options.profile === undefined) {
    const data = { revision: revision(), cpuSeconds: tree.total / 1e9, owners, functions };
    writeWhole(fromRoot('load/results/flame.json'), `${JSON.stringify(data, null, 2)}\n`);
  }
  for (const [owner, share] of Object.entries(owners))
    console.log(`${(100 * share).toFixed(1).padStart(5)} %  ${owner}`);
  for (const { name, file, share } of functions)
    console.log(`${(100 * share).toFixed(1).padStart(5)} %  ${name}  ${file}`);
  console.log(`written: ${options.out}`);
  process.exit(0);
} catch (error) {
  end(EXIT_UNAVAILABLE, (error as Error).message);
}
