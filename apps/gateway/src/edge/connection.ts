import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { AddressSet } from '../pipeline/contract/address-set.js';
import { forParameter } from './forwarded-chain.js';
import { isLoopback, plainAddress } from './plain-address.js';

const key = Symbol('sluice.connection');

type KnownSocket = Socket & { [key]?: Connection };

/** What is the same for all requests of a client connection, worked out once. */
export class Connection {
  readonly peer: string;
  readonly trusted: boolean;
  readonly loopback: boolean;
  readonly scheme: 'http' | 'https';
  /** Authority and host of the last request: clients seldom change them within a connection. null before the first. */
  authority: string | null = null;
  host = '';
  /** A reply has said that the connection closes behind it. */
  closing = false;
  /** The request whose upgrade was declined. */
  declined: IncomingMessage | null = null;
  private forwardedAuthority: string | null = null;
  private forwardedFields: readonly string[] = [];

  private constructor(socket: Socket, trust: AddressSet) {
    this.peer = plainAddress(socket.remoteAddress ?? '');
    this.trusted = trust.has(this.peer);
    this.loopback = isLoopback(this.peer);
    this.scheme = (socket as Partial<TLSSocket>).encrypted === true ? 'https' : 'http';
  }

  static of(socket: Socket, trust: AddressSet): Connection {
    const known = socket as KnownSocket;
    return (known[key] ??= new Connection(socket, trust));
  }

  /** Requests that come behind the current one are not served any more (RFC 9112 section 9.6). */
  static close(socket: Socket): void {
    const connection = (socket as KnownSocket)[key];
    if (connection !== undefined) connection.closing = true;
  }

  /** Forwarding fields for a client that stands directly before us, flat. */
  directForwardedFields(authority: string): readonly string[] {
    if (this.forwardedAuthority !== authority) {
      this.forwardedAuthority = authority;
      this.forwardedFields = [
        'x-forwarded-for',
        this.peer,
        'x-forwarded-proto',
        this.scheme,
        'x-forwarded-host',
        authority,
        'forwarded',
        `${forParameter(this.peer)};host="${authority}";proto=${this.scheme}`,
      ];
    }
    return this.forwardedFields;
  }
}
