import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { pendingReply } from '../pipeline/pending-reply.js';
import { problemMessage } from '../pipeline/problem-message.js';
import { Problem } from '../problems/problem.js';
import type { ProblemType } from '../problems/problem-type.js';
import { problemForRefused, type RefusedMessage } from './refused-message.js';

/** Time that a client gets to notice the reply and stop sending. */
const LINGER_MS = 500;

const answered = new WeakSet<Duplex>();

/** Answers what is not HTTP, and closes: where the next message would begin, nobody can tell (RFC 9112 section 9.6). */
export function answerClientError(error: RefusedMessage, socket: Duplex): void {
  // The parser refuses each read that follows, too.
  if (answered.has(socket)) return;
  if (error.code === 'ECONNRESET' || error.code === 'EPIPE') {
    socket.destroy();
    return;
  }
  refuse(problemForRefused(error), socket);
}

/** Answers a message that cannot be served, whatever its connection is still busy with, and closes. */
export function refuse(type: ProblemType, socket: Duplex): void {
  answered.add(socket);
  const pending = pendingReply(socket);
  if (pending === null) answer(new Problem(type), socket);
  else if (pending.req.complete) {
    // An earlier request: its reply comes first (RFC 9112 section 9.3.2).
    pending.once('close', () => {
      if (!socket.destroyed) refuse(type, socket);
    });
  } else if (pending.context !== null) {
    // Its own body is malformed: the route gives the reply, or cuts the one that has begun.
    if (pending.writableEnded) return;
    pending.context.exchange?.abort();
    pending.context.exchange = null;
    pending.context.flow.reply(pending.context, new Problem(type));
  } else if (pending.headersSent) socket.destroy();
  else answer(new Problem(type), socket);
}

/** Writes past Node's responses, which exist only for requests. */
function answer(problem: Problem, socket: Duplex): void {
  // Whoever has ended it sees to its end.
  if (socket.writableEnded) return;
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const { status } = problem.type;
  const { headers, body } = problemMessage(problem, '');
  const head = [`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, `date: ${new Date().toUTCString()}`];
  for (let i = 0; i < headers.length; i += 2) head.push(`${headers[i]}: ${headers[i + 1]}`);
  head.push(`content-length: ${Buffer.byteLength(body)}`, 'connection: close');
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
  // Reads and drops what still comes for a moment, so that the reply is not lost to a reset.
  const timer = setTimeout(() => socket.destroy(), LINGER_MS);
  timer.unref();
  socket.once('end', () => socket.destroy());
  socket.once('close', () => clearTimeout(timer));
  socket.resume();
}
