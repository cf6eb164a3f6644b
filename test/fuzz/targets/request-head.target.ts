import type { IncomingMessage } from 'node:http';
import { isIP, type Socket } from 'node:net';
import { Connection } from '../../../apps/gateway/src/edge/connection.js';
import { FieldActions } from '../../../apps/gateway/src/edge/field-actions.js';
import { readHead, type EdgeSettings } from '../../../apps/gateway/src/edge/read-head.js';
import { AddressSet } from '../../../apps/gateway/src/pipeline/contract/address-set.js';
import { RequestHead } from '../../../apps/gateway/src/pipeline/contract/request-head.js';
import type { UpstreamRequest } from '../../../libs/upstream-client/src/core/upstream-client.js';
import { readRequests, type LlhttpMessage } from '../../helpers/llhttp.js';
import { mutateRequest } from '../../helpers/request-mutations.js';
import { SeededRandom } from '../../helpers/seeded-random.js';
import { demand, demandSame, type FuzzTarget } from '../harness/fuzz-target.js';
import { cuts } from './cut-input.js';
import { checkWritten, writeRequest } from './written-request.js';

/** The first byte says how the gateway stands. */
const TRUSTED = 1;
const KEEPS_SLASHES = 2;

const PEER = '192.0.2.1';
const VIA = 'gw';
const actions = new FieldActions(['x-account', 'x_roles']);
const trust = new AddressSet([PEER, '10.0.0.0/8']);
const nobody = new AddressSet([]);

const ours = [
  'x-forwarded-for',
  'x-forwarded-proto',
  'x-forwarded-host',
  'forwarded',
  'x-request-id',
  'traceparent',
  'via',
];
const never =
  /^(?:connection|keep-alive|proxy-connection|proxy-authorization|transfer-encoding|content-length|expect|upgrade|http2-settings|x[-_]user[-_]id|x[-_]tenant[-_]id|x[-_]account|x[-_]roles|x[-_]real[-_]ip)$/;

/** Requests of clients, from Node's parser through the edge to what is written to an upstream. */
export const requestHeadTarget: FuzzTarget = {
  name: 'request-head',
  bytesMax: 1_024,
  seeds: Array.from({ length: 60 }, (_, i) => {
    const { packets } = mutateRequest(new SeededRandom(i));
    return Buffer.from(String.fromCharCode(i & 3) + packets.join(''), 'latin1');
  }).filter(({ length }) => length < 1_024),
  dictionary: [
    'GET / HTTP/1.1\r\n',
    'POST /a?b HTTP/1.0\r\n',
    'OPTIONS * HTTP/1.1\r\n',
    'GET http://a.example:81/b HTTP/1.1\r\n',
    'Host: a.example\r\n',
    'Connection: ',
    'Upgrade: websocket\r\n',
    'Content-Length: 5\r\n',
    'Transfer-Encoding: chunked\r\n',
    'Expect: 100-continue\r\n',
    'TE: trailers\r\n',
    'Trailer: x-sum\r\n',
    'Via: 1.1 gw\r\n',
    'X-Forwarded-For: 10.0.0.1, 203.0.113.9\r\n',
    'X-Forwarded-Proto: https\r\n',
    'X-Forwarded-Host: b.example\r\n',
    'Forwarded: for="[2001:db8::1]:80";host=a;proto=https\r\n',
    'X-Request-ID: abc\r\n',
    'X_User_ID: root\r\n',
    'X-User-ID: root\r\n',
    'traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\r\n',
    'tracestate: a=b\r\n',
    'Proxy-Authorization: x\r\n',
    'HTTP2-Settings: x\r\n',
    'Keep-Alive: timeout=5\r\n',
    '5\r\nhello\r\n0\r\n\r\n',
    '\r\n\r\n',
    '%2e%2e',
    '..;/',
    '//',
  ],

  run(input) {
    const flags = input.length > 0 ? input[0] : 0;
    const bytes = input.subarray(1);
    const [whole, ...others] = cuts(bytes).map((pieces) =>
      readRequests(pieces).messages.filter(({ complete }) => complete),
    );
    for (const other of others) demandSame('cuts change what Node reads', whole, other);
    for (const message of whole) forward(message, (flags & TRUSTED) !== 0, (flags & KEEPS_SLASHES) !== 0);
  },
};

/** What the gateway does with a request that Node's parser has taken, up to its upstream. */
function forward(message: LlhttpMessage, trusted: boolean, keepEncodedSlash: boolean): void {
  const set = trusted ? trust : nobody;
  const settings: EdgeSettings = { viaName: VIA, trust: set, actions, keepEncodedSlash, headBytesMax: 16_384 };
  const head = new RequestHead(message.headers);
  const connection = Connection.of({ remoteAddress: PEER } as unknown as Socket, set);
  const request = {
    method: message.method,
    url: message.target,
    httpVersionMajor: message.major,
    httpVersionMinor: message.minor,
    rawHeaders: message.headers,
  } as IncomingMessage;
  if (readHead(request, connection, settings, head) !== null) return;
  checkFields(head, message);
  if (head.method === 'CONNECT' || (head.path === '*' && head.method !== 'OPTIONS')) return;
  const trailers = head.chunked && head.trailers !== null ? head.trailers(message.trailers) : [];
  const written: UpstreamRequest = {
    method: head.method,
    path: head.path + head.query,
    headers: [...head.fields, 'host', 'upstream.example'],
    body: head.hasBody ? ({} as UpstreamRequest['body']) : null,
    bodyBytes: head.chunked ? -1 : head.contentLength,
    // Only what the route offers goes on, and that is named in its configuration.
    upgrade: head.upgrade === 'websocket' ? head.upgrade : '',
    expectsContinue: head.expectsContinue,
    trailers: head.chunked ? () => trailers : null,
  };
  const text = writeRequest(written, message.body, trailers);
  const leaves = checkWritten(text, written, message.body, trailers);
  demand(leaves.body === message.body, 'another body leaves than came', () => ({ message, leaves }));
}

function checkFields(head: RequestHead, message: LlhttpMessage): void {
  const names = head.fields.filter((_, i) => i % 2 === 0).map((name) => name.toLowerCase());
  const tell = (): object => ({ message, fields: head.fields });
  for (const name of ours) demand(names.filter((one) => one === name).length === 1, `not one ${name}`, tell);
  for (const name of names) demand(!never.test(name), `${name} goes on`, tell);
  // A field that stands for the gateway cannot be named away.
  for (const name of nominatedBy(message.headers)) {
    demand(!names.includes(name) || ours.includes(name) || name === 'te', `${name} was nominated and goes on`, tell);
  }
  demand(isIP(head.clientAddress) !== 0, 'no address of a client', tell);
  demand(head.fields[2 * names.indexOf('via') + 1].endsWith(` ${VIA}`), 'no Via', tell);
  demand(head.path === '*' || head.path.startsWith('/'), 'no path', tell);
}

function nominatedBy(headers: readonly string[]): string[] {
  return headers
    .filter((_, i) => i % 2 === 1 && headers[i - 1].toLowerCase() === 'connection')
    .flatMap((value) => value.toLowerCase().split(','))
    .map((name) => name.trim())
    .filter((name) => name !== '' && name !== 'close');
}
