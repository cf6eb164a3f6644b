/**
 * `@fastify/http-proxy` as its page shows it, with logging off and no limit on connections.
 *
 * Usage: node http-proxy.ts PORT UPSTREAM_ORIGIN
 */
import proxy from '@fastify/http-proxy';
import fastify from 'fastify';

const BODY_BYTES_MAX = 2 ** 31;

const [port, upstream] = process.argv.slice(2);
const app = fastify({ logger: false, bodyLimit: BODY_BYTES_MAX });
await app.register(proxy, { upstream, undici: { pipelining: 1, bodyTimeout: 0, headersTimeout: 0 } });
await app.listen({ port: Number(port), host: '127.0.0.1' });
