import type { IncomingMessage, ServerResponse } from 'node:http';
import { startHttpUpstream, type HttpUpstream } from './http-upstream.js';

export interface FailingUpstream extends HttpUpstream {
  /** What the next requests get, in order; then `always`. */
  next: Behaviour[];
  always: Behaviour;
  /** Responses that `hang` has kept. */
  readonly hanging: ServerResponse[];
}

/** A status to answer with; or: hang, break the connection before the head, or behind it. */
export type Behaviour = number | 'hang' | 'reset' | 'tear' | ((request: IncomingMessage, to: ServerResponse) => void);

/** An upstream that fails as a test tells it to. It answers with its port. */
export async function startFailingUpstream(): Promise<FailingUpstream> {
  const hanging: ServerResponse[] = [];
  const upstream = await startHttpUpstream((request, response) => {
    const behaviour = failing.next.shift() ?? failing.always;
    if (typeof behaviour === 'function') behaviour(request, response);
    else if (behaviour === 'hang') hanging.push(response);
    else if (behaviour === 'reset') request.socket.destroy();
    else if (behaviour === 'tear') {
      response.writeHead(200, { 'content-length': 10 }).write('half');
      setImmediate(() => response.destroy());
    } else response.writeHead(behaviour).end(String(upstream.port));
  });
  const failing: FailingUpstream = { ...upstream, next: [], always: 200, hanging };
  return failing;
}
