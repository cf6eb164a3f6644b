import { connect as connectTcp, isIP, type OnReadOpts, type Socket } from 'node:net';
import { checkServerIdentity, connect as connectTls, type ConnectionOptions } from 'node:tls';
import type { HostResolver } from './host-resolver.js';

export interface TlsSettings {
  /** PEM; null trusts the system's authorities. */
  readonly ca: string | null;
  /** Name for SNI and verification; null takes the host of the origin. */
  readonly serverName: string | null;
  /** PEM of the certificate that we show, and of its key; null shows none. */
  readonly cert: string | null;
  readonly key: string | null;
}

/** How long one address of several may keep us before the next is tried beside it (RFC 8305), in milliseconds. */
const ATTEMPT_DELAY_MS = 250;
/** Idle time after which the kernel begins to ask whether the other side is still there, in milliseconds. */
const PROBE_AFTER_MS = 30_000;

/** Opens the connections to one target. */
export class Connector {
  readonly secure: boolean;
  /** For the Host field. */
  readonly authority: string;
  private readonly host: string;
  private readonly port: number;
  private readonly tls: ConnectionOptions;
  /** Of the last handshake: the next one is shorter with it. */
  private session: Buffer | undefined = undefined;

  constructor(
    origin: string,
    settings: TlsSettings,
    private readonly resolver: HostResolver | null,
  ) {
    const url = new URL(origin);
    this.secure = url.protocol === 'https:';
    this.authority = url.host;
    this.host = url.hostname.replace(/^\[|\]$/g, '');
    this.port = url.port === '' ? (this.secure ? 443 : 80) : Number(url.port);
    this.tls = tlsOptions(settings, this.host);
  }

  /** Whether the target is still at an address that it had. */
  leadsTo(address: string | undefined): boolean {
    return this.resolver === null || this.resolver.holds(address);
  }

  /** @param onread null for a socket that is to be read as a stream */
  open(onread: OnReadOpts | null): Socket {
    const options = {
      host: this.host,
      port: this.port,
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: PROBE_AFTER_MS,
      autoSelectFamily: true,
      autoSelectFamilyAttemptTimeout: ATTEMPT_DELAY_MS,
      ...(this.resolver === null ? {} : { lookup: this.resolver.lookup }),
      ...(onread === null ? {} : { onread }),
    };
    if (!this.secure) return connectTcp(options);
    const socket = connectTls({ ...this.tls, ...options, session: this.session });
    socket.on('session', (session) => (this.session = session));
    return socket;
  }
}

function tlsOptions({ ca, serverName, cert, key }: TlsSettings, host: string): ConnectionOptions {
  const name = serverName ?? host;
  return {
    ALPNProtocols: ['http/1.1'],
    ...(ca === null ? {} : { ca }),
    ...(cert === null ? {} : { cert }),
    ...(key === null ? {} : { key }),
    // RFC 6066 section 3: an address is no name to ask for. It is verified all the same.
    servername: isIP(name) > 0 ? '' : name,
    checkServerIdentity: (_, certificate) => checkServerIdentity(name, certificate),
  };
}
