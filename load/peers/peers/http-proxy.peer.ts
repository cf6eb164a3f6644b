import { existsSync, readFileSync } from 'node:fs';
import { fromRoot, type Peer } from './peer.ts';

const MANIFEST = fromRoot('node_modules/@fastify/http-proxy/package.json');

export const httpProxy: Peer = {
  name: 'http-proxy',
  missing: () => (existsSync(MANIFEST) ? null : '@fastify/http-proxy is not installed: run `npm ci`'),
  version: () => (JSON.parse(readFileSync(MANIFEST, 'utf8')) as { version: string }).version,
  command: ({ port, upstreamPort }) => ({
    command: process.execPath,
    args: [fromRoot('load/peers/servers/http-proxy.ts'), String(port), `http://127.0.0.1:${upstreamPort}`],
    env: { NODE_ENV: 'production' },
  }),
};
