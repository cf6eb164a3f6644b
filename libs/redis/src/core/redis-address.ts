/** Where a Redis is: a server of its own, one that sentinels know, or a cluster. */
export interface RedisAddress {
  readonly kind: 'single' | 'sentinel' | 'cluster';
  readonly nodes: readonly { readonly host: string; readonly port: number }[];
  readonly tls: boolean;
  /** ACL user; null for the default one. */
  readonly username: string | null;
  readonly password: string | null;
  /** Number of the database; a cluster has only 0. */
  readonly db: number;
  /** Name that the sentinels know the master by. */
  readonly master: string | null;
}

const FORM = /^redis(s)?(?:\+(sentinel|cluster))?:\/\/(?:([^:@/]*)(?::([^@/]*))?@)?([^/?#]+)(\/[^?#]*)?$/;

/**
 * Reads `redis://user:password@host:port/db`; `rediss:` is TLS. `redis+sentinel://host:port,host:port/master/db` and
 * `redis+cluster://host:port,host:port` name several. User and password are percent-encoded.
 *
 * @throws TypeError that says what is wrong, without the address: it may hold a password
 */
export function parseRedisAddress(address: string): RedisAddress {
  const match = FORM.exec(address);
  if (match === null) throw new TypeError('is not redis://, rediss://, redis+sentinel:// or redis+cluster://');
  const [, tls, kind = 'single', username, password, hosts, path = ''] = match;
  const sentinel = kind === 'sentinel';
  const nodes = hosts.split(',').map((node) => parseNode(node, sentinel ? 26_379 : 6379));
  if (kind === 'single' && nodes.length > 1) {
    throw new TypeError('names several servers: write redis+sentinel:// or redis+cluster://');
  }
  const parts = path.split('/').slice(1).map(decode);
  const master = sentinel ? parts.shift() : null;
  if (master === undefined || master === '') throw new TypeError('needs the name of the master: /name after the hosts');
  const db = parts.shift() ?? '';
  if (parts.length > 0 || !/^\d{0,4}$/.test(db))
    throw new TypeError('ends in something else than the number of a database');
  if (kind === 'cluster' && Number(db) > 0) throw new TypeError('names a database, and a cluster has only 0');
  return {
    kind: kind as RedisAddress['kind'],
    nodes,
    tls: tls !== undefined,
    username: decode(username ?? '') || null,
    password: decode(password ?? '') || null,
    db: Number(db),
    master,
  };
}

function parseNode(text: string, defaultPort: number): { host: string; port: number } {
  const match = /^(?:\[([\da-f:.]+)\]|([\w.-]+))(?::(\d{1,5}))?$/i.exec(text);
  const port = Number(match?.[3] ?? defaultPort);
  if (match === null || port < 1 || port > 65_535) throw new TypeError('has a host or a port that is none');
  return { host: match[1] ?? match[2], port };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new TypeError('has a % that begins no percent-encoding');
  }
}
