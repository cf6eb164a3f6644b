import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram, missingProgram, versionPrinted, type Peer, type Place } from './peer.ts';

/** No Debian package has it: it takes part where it is installed. */
export const traefik: Peer = {
  name: 'traefik',
  missing: () => missingProgram('traefik'),
  version: () => versionPrinted('traefik', 'version'),
  command(place) {
    const routes = join(place.folder, 'routes.yaml');
    const main = join(place.folder, 'traefik.yaml');
    writeFileSync(routes, JSON.stringify(routing(place)));
    writeFileSync(main, JSON.stringify(installation(place, routes)));
    return { command: findProgram('traefik')!, args: [`--configFile=${main}`], env: { GOMAXPROCS: '1' } };
  },
};

function installation({ port }: Place, routes: string): object {
  return {
    global: { checkNewVersion: false, sendAnonymousUsage: false },
    log: { level: 'ERROR' },
    entryPoints: { web: { address: `127.0.0.1:${port}` } },
    serversTransport: { maxIdleConnsPerHost: 512 },
    providers: { file: { filename: routes, watch: false } },
  };
}

function routing({ upstreamPort }: Place): object {
  const servers = [{ url: `http://127.0.0.1:${upstreamPort}` }];
  return {
    http: {
      routers: { all: { rule: 'PathPrefix(`/`)', service: 'peer' } },
      services: { peer: { loadBalancer: { servers } } },
    },
  };
}
