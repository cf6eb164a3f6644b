import { versions } from 'node:process';
import { fromRoot, type Peer } from './peer.ts';

/** Bare `node:http` and undici: see floor.ts. */
export const floor: Peer = {
  name: 'floor',
  missing: () => null,
  version: () => `node ${versions.node}`,
  command: ({ port, upstreamPort }) => ({
    command: process.execPath,
    args: [fromRoot('load/peers/floor.ts'), String(port), `http://127.0.0.1:${upstreamPort}`],
  }),
};
