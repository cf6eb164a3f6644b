import { STATUS_CODES, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { ProblemType } from '../problems/problem-type.js';
import { Problem } from '../problems/problem.js';
import { problems } from '../problems/registry.js';
import { renderProblem } from '../problems/render-problem.js';

/** What a message that Node's parser refuses is answered with. */
function problemFor(code: unknown): ProblemType {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return problems.headTooLarge;
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return problems.requestTimeout;
    case 'HPE_INVALID_METHOD':
      return problems.methodNotImplemented;
    default:
      return problems.malformedRequest;
  }
}

const answered = new WeakSet<Socket>();

type ServerSocket = Socket & { _httpMessage?: ServerResponse | null };

/**
 * Answers what is not HTTP, and closes. The connection cannot be trusted after it. When an earlier request on it is
 * still being answered there is no place for a reply: it would be read as the answer to that one.
 */
export function answerClientError(error: Error & { code?: unknown }, socket: Socket): void {
  if (answered.has(socket)) return;
  answered.add(socket);
  const pending = (socket as ServerSocket)._httpMessage;
  const silent = error.code === 'ECONNRESET' || error.code === 'EPIPE' || !socket.writable;
  if (silent || (pending !== null && pending !== undefined && (pending.headersSent || pending.req.complete))) {
    socket.destroy();
    return;
  }
  const type = problemFor(error.code);
  const { status, code } = type;
  const body = renderProblem(new Problem(type), '', '');
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? code}`,
    'content-type: application/problem+json',
    'cache-control: no-store',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
  // Reads and drops what still comes for a moment, so that the reply is not lost to a reset.
  const timer = setTimeout(() => socket.destroy(), 500);
  timer.unref();
  socket.once('end', () => socket.destroy());
  socket.resume();
}
