import { cpSync, existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fromRoot, type Peer, type PeerCommand, type Place } from './peer.ts';

/** What a build is started by, below its folder. */
export const ENTRY = 'dist/apps/gateway/apps/gateway/src/main.js';
const BODY_BYTES_MAX = 2 ** 31;

/** The gateway with one plain passthrough route. */
export const gateway: Peer = {
  name: 'gateway',
  missing: () => (existsSync(fromRoot(ENTRY)) ? null : 'not built: run `npm run build`'),
  version: () => (JSON.parse(readFileSync(fromRoot('package.json'), 'utf8')) as { version: string }).version,
  command: (place) => gatewayCommand(place, ['/*']),
};

/** The gateway with one route for each path, in this order. */
export function gatewayCommand(place: Place, paths: readonly string[]): PeerCommand {
  return configuredGateway(place, {
    upstreams: { peer: plainUpstream(place) },
    routes: paths.map((path, i) => ({ id: `route-${i}`, match: { path }, upstream: 'peer' })),
  });
}

/** The common upstream, without a policy. */
export function plainUpstream({ upstreamPort }: Place): object {
  return { targets: [{ url: `http://127.0.0.1:${upstreamPort}` }] };
}

interface GatewayConfig {
  /** Beside where it listens. */
  server?: object;
  /** Default: metrics, and no line for a request, as no peer writes one. */
  telemetry?: object;
  auth?: object;
  upstreams: object;
  routes: object[];
}

/**
 * The gateway with a configuration of the workload's own; where it listens is set here.
 * @param build the folder of the build that runs: by default this repository's, as it was when the run began
 */
export function configuredGateway(
  place: Place,
  { server: more = {}, ...config }: GatewayConfig,
  build = frozenBuild(place.runFolder),
): PeerCommand {
  const server = { port: place.port, host: '127.0.0.1', bodyBytesMax: BODY_BYTES_MAX, ...more };
  const file = join(place.folder, 'gateway.yaml');
  // JSON is YAML.
  writeFileSync(file, JSON.stringify({ server, telemetry: { logs: { requests: false } }, ...config }, null, 1));
  return {
    command: process.execPath,
    args: [join(build, ENTRY)],
    env: { GATEWAY_CONFIG: file, NODE_ENV: 'production' },
  };
}

/** The build as it was when the run began: one that is made meanwhile must not slip in between two rounds. */
function frozenBuild(runFolder: string): string {
  const copy = join(runFolder, 'gateway-build');
  if (existsSync(copy)) return copy;
  cpSync(fromRoot('dist/apps/gateway'), join(copy, 'dist/apps/gateway'), { recursive: true });
  cpSync(fromRoot('package.json'), join(copy, 'package.json'));
  symlinkSync(fromRoot('node_modules'), join(copy, 'node_modules'));
  return copy;
}
