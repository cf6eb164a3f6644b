import { STATUS_CODES, type IncomingMessage, type ServerResponse } from 'node:http';
import { pipeline } from 'node:stream';
import { problemBody, PROBLEM_TYPE } from '../service/problem.js';
import type { FaultReply } from './faults.js';
import { generatedBody } from './generated-body.js';

/** Sends the reply that the directives describe. The body of the request is left unread. */
export function sendFaultReply(reply: FaultReply, request: IncomingMessage, response: ServerResponse): void {
  if (reply.bodyBytes === null) {
    sendStatus(reply.status, request, response);
    return;
  }
  const length = reply.chunked ? {} : { 'content-length': reply.bodyBytes };
  response.writeHead(reply.status, { 'content-type': 'application/octet-stream', ...length });
  if (request.method === 'HEAD') {
    response.end();
    return;
  }
  const bytesToSend = reply.drop ? Math.floor(reply.bodyBytes / 2) : reply.bodyBytes;
  if (!reply.drop) {
    // An error here means that the client left, which is its right.
    pipeline(generatedBody(bytesToSend), response, () => {});
    return;
  }
  response.flushHeaders();
  const body = generatedBody(bytesToSend);
  body.pipe(response, { end: false });
  response.once('close', () => body.destroy());
  // The empty write comes after the last byte, so its callback says that half of the body has left this process.
  body.once('end', () => response.write('', () => request.socket.destroy()));
}

function sendStatus(status: number, request: IncomingMessage, response: ServerResponse): void {
  if (status === 204 || status === 205 || status === 304) {
    response.writeHead(status).end();
    return;
  }
  const failed = status >= 400;
  const detail = 'The request asked for this status.';
  const body = JSON.stringify(failed ? problemBody(status, detail) : { status, title: STATUS_CODES[status], detail });
  response.writeHead(status, {
    'content-type': failed ? PROBLEM_TYPE : 'application/json',
    'content-length': Buffer.byteLength(body),
  });
  response.end(request.method === 'HEAD' ? undefined : body);
}
