import { isIP } from 'node:net';
import { buildConnector } from 'undici';
import type { UpstreamClientOptions } from './client-options.js';

/** Opens the connections of undici, with two of its habits put right. */
export function undiciConnector(options: UpstreamClientOptions): buildConnector.connector {
  const connect = buildConnector({
    timeout: options.connectTimeoutMs,
    allowH2: false,
    ...(options.ca === null ? {} : { ca: options.ca }),
    ...(options.cert === null ? {} : { cert: options.cert }),
    ...(options.key === null ? {} : { key: options.key }),
  });
  const name = tlsName(options);
  // RFC 6066 section 3: an address is no name to ask for; it is verified all the same.
  const servername = name === undefined || isIP(name) > 0 ? undefined : name;
  return (target, callback) => {
    connect({ ...target, servername }, (...[error, socket]) => {
      if (error !== null) {
        callback(error, null);
        return;
      }
      // undici takes a reset for the end of a body that only the end of its connection delimits. This listener is the
      // first to see the error, and under another code it remains one.
      socket.on('error', (broken: NodeJS.ErrnoException) => {
        if (broken.code === 'ECONNRESET') broken.code = 'UND_ERR_SOCKET';
      });
      callback(null, socket);
    });
  };
}

/**
 * The one name that all requests to a target ask for and verify; undefined without TLS. undici would take it from the
 * Host field of each request, which a client can write.
 */
export function tlsName({ origin, serverName }: UpstreamClientOptions): string | undefined {
  const { protocol, hostname } = new URL(origin);
  return protocol === 'https:' ? (serverName ?? hostname.replace(/^\[|\]$/g, '')) : undefined;
}
