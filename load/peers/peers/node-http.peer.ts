import { versions } from 'node:process';
import { fromRoot, type Peer } from './peer.ts';

/** Answers by itself: the measure of what an idle connection costs in bare Node. It is no proxy, so no contestant. */
export const nodeHttp: Peer = {
  name: 'node-http',
  missing: () => null,
  version: () => `node ${versions.node}`,
  command: ({ port }) => ({
    command: process.execPath,
    args: [fromRoot('load/peers/servers/node-http.ts'), String(port)],
  }),
};
