import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram, missingProgram, versionPrinted, type Peer, type PeerCommand, type Place } from './peer.ts';

export const haproxy: Peer = {
  name: 'haproxy',
  debianPackage: 'haproxy',
  missing: () => missingProgram('haproxy'),
  version: () => versionPrinted('haproxy', '-v'),
  command: (place) => haproxyCommand(place),
};

/** @param rules lines of the frontend that come before the request goes on */
export function haproxyCommand(place: Place, rules: readonly string[] = []): PeerCommand {
  const file = join(place.folder, 'haproxy.cfg');
  writeFileSync(file, config(place, rules));
  return { command: findProgram('haproxy')!, args: ['-db', '-f', file] };
}

function config({ port, upstreamPort }: Place, rules: readonly string[]): string {
  return `
global
  nbthread 1
  maxconn 7000
defaults
  mode http
  timeout connect 5s
  timeout client 3600s
  timeout server 3600s
  option http-keep-alive
  http-reuse always
frontend clients
  bind 127.0.0.1:${port} backlog 4096
${rules.map((rule) => `  ${rule}\n`).join('')}  default_backend peer
backend peer
  server peer 127.0.0.1:${upstreamPort}
`;
}
