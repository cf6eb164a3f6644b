import { caddy } from './caddy.peer.ts';
import { floor } from './floor.peer.ts';
import { gateway } from './gateway.peer.ts';
import { haproxy } from './haproxy.peer.ts';
import { httpProxy } from './http-proxy.peer.ts';
import { nginx } from './nginx.peer.ts';
import type { Peer } from './peer.ts';
import { traefik } from './traefik.peer.ts';

/** Every proxy that can take part, in the order of the table. */
export const contestants: readonly Peer[] = [gateway, floor, httpProxy, nginx, haproxy, caddy, traefik];
