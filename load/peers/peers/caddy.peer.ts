import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram, missingProgram, versionPrinted, type Peer, type Place } from './peer.ts';

export const caddy: Peer = {
  name: 'caddy',
  debianPackage: 'caddy',
  missing: () => missingProgram('caddy'),
  version: () => versionPrinted('caddy', 'version'),
  command(place) {
    const file = join(place.folder, 'Caddyfile');
    writeFileSync(file, config(place));
    return {
      command: findProgram('caddy')!,
      args: ['run', '--config', file, '--adapter', 'caddyfile'],
      // Caddy keeps state in the user's home unless told otherwise.
      env: { GOMAXPROCS: '1', HOME: place.folder, XDG_DATA_HOME: place.folder, XDG_CONFIG_HOME: place.folder },
    };
  },
};

function config({ port, upstreamPort }: Place): string {
  return `
{
  admin off
  auto_https off
  log {
    level ERROR
  }
}
http://:${port} {
  bind 127.0.0.1
  reverse_proxy 127.0.0.1:${upstreamPort} {
    transport http {
      keepalive_idle_conns 512
      keepalive_idle_conns_per_host 512
    }
  }
}
`;
}
