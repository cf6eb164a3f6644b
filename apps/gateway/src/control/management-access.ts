import { timingSafeEqual, createHash } from 'node:crypto';
import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import { TokenGuesses } from './token-guesses.js';
import { isLoopback, plainAddress } from '../edge/plain-address.js';

/** `limited`: too many wrong tokens came from that address. `hidden` looks like a path that does not exist. */
export type Access = 'open' | 'hidden' | 'unauthorized' | 'limited';

const forwardingFields = ['x-forwarded-for', 'forwarded', 'x-real-ip', 'via', 'x-forwarded-host'];

/**
 * Who reaches the control plane. On the traffic port: callers on loopback, and whoever has the token. On a port of its
 * own: whoever reaches that port, and from elsewhere than loopback only with the token when there is one.
 *
 * A forwarding field never makes a caller local; it makes a local one a stranger, since a proxy on this machine may
 * speak for anybody. So does a foreign Host, which a page in a local browser can cause by DNS rebinding.
 */
export class ManagementAccess {
  private readonly tokenDigest: Buffer | null;
  private ownServer: Server | null = null;

  /**
   * @param token plain token, or null when there is none
   * @param guesses of all workers
   */
  constructor(
    token: string | null,
    private readonly ownPort: boolean,
    private readonly guesses = new TokenGuesses(),
  ) {
    this.tokenDigest = token === null ? null : digest(token);
  }

  /** Names the server of the management port, once it exists. */
  serveOn(server: Server): void {
    this.ownServer = server;
  }

  decide(request: IncomingMessage): Access {
    if (this.ownPort && !this.isOwn(request)) return 'hidden';
    if (isLocal(request)) return 'open';
    // A loopback caller that is not local comes by a proxy or by a foreign name, which its own port does not mend.
    if (this.tokenDigest === null) return this.ownPort && !onLoopback(request) ? 'open' : 'hidden';
    const { authorization } = request.headers;
    if (authorization === undefined) return 'hidden';
    const { remoteAddress = '' } = request.socket;
    if (!this.guesses.mayGuess(remoteAddress)) return 'limited';
    const token = /^Bearer +(\S+)$/i.exec(authorization)?.[1];
    if (token !== undefined && timingSafeEqual(digest(token), this.tokenDigest)) return 'open';
    this.guesses.wrong(remoteAddress);
    return 'unauthorized';
  }

  /**
   * Whether the caller of a proxied request may know what is decided about it: one on loopback, as long as the control
   * plane is served on that port, or whoever shows the management token, in a field of its own.
   */
  mayExplain(request: IncomingMessage, proof: string): boolean {
    if (!this.ownPort && isLocal(request)) return true;
    const { remoteAddress = '' } = request.socket;
    if (this.tokenDigest === null || !this.guesses.mayGuess(remoteAddress)) return false;
    if (timingSafeEqual(digest(proof), this.tokenDigest)) return true;
    this.guesses.wrong(remoteAddress);
    return false;
  }

  /** True when the request came in on the management port. */
  isOwn(request: IncomingMessage): boolean {
    return this.ownServer !== null && (request.socket as Socket & { server?: Server }).server === this.ownServer;
  }
}

function isLocal(request: IncomingMessage): boolean {
  const { headers } = request;
  if (!onLoopback(request)) return false;
  if (forwardingFields.some((name) => headers[name] !== undefined)) return false;
  return /^(?:localhost|(?:[a-z0-9-]+\.)*localhost|127(?:\.\d{1,3}){3}|\[::1\])\.?(?::\d+)?$/i.test(headers.host ?? '');
}

function onLoopback({ socket }: IncomingMessage): boolean {
  return isLoopback(plainAddress(socket.remoteAddress ?? ''));
}

/** Digests of equal length let tokens of any length be compared in constant time. */
function digest(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
