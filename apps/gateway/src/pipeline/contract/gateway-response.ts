import { ServerResponse } from 'node:http';
import type { RequestContext } from './request-context.js';

/** Node's response, with a place for its context, so that one shared listener serves all of them. */
export class GatewayResponse extends ServerResponse {
  context: RequestContext | null = null;
}
