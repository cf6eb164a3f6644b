import type { SeededRandom } from './seeded-random.js';

const HOST = 'Host: gateway.example\r\n';

/** Well-formed requests of every kind, to be spoilt. */
const templates: readonly string[] = [
  `GET /a?b=c HTTP/1.1\r\n${HOST}Accept: */*\r\n\r\n`,
  `GET /a/%7Euser/../b HTTP/1.1\r\n${HOST}Cookie: a=b; c=d\r\nCookie: e=f\r\n\r\n`,
  `HEAD /a HTTP/1.1\r\n${HOST}\r\n`,
  `POST /a HTTP/1.1\r\n${HOST}Content-Type: text/plain\r\nContent-Length: 11\r\n\r\nhello world`,
  `POST /a HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6;x=y\r\n world\r\n0\r\n\r\n`,
  `PUT /a HTTP/1.1\r\n${HOST}TE: trailers\r\nTrailer: x-sum\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX-Sum: 1\r\n\r\n`,
  `POST /a HTTP/1.1\r\n${HOST}Expect: 100-continue\r\nContent-Length: 5\r\n\r\nhello`,
  `OPTIONS * HTTP/1.1\r\n${HOST}\r\n`,
  `OPTIONS /a HTTP/1.1\r\n${HOST}Origin: https://a.example\r\nAccess-Control-Request-Method: PUT\r\n\r\n`,
  `GET http://other.example:81/a HTTP/1.1\r\n${HOST}\r\n`,
  `GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n`,
  `GET /a HTTP/1.1\r\n${HOST}Connection: close, X-Gone\r\nX-Gone: 1\r\nKeep-Alive: timeout=5\r\n\r\n`,
  `GET /socket HTTP/1.1\r\n${HOST}Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`,
  `GET /a HTTP/1.1\r\n${HOST}Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n`,
  `GET /a HTTP/1.1\r\n${HOST}Via: 1.1 x\r\nForwarded: for=192.0.2.1\r\nX-Forwarded-For: 192.0.2.1, 127.0.0.1\r\n\r\n`,
  `GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n`,
  `GET /own HTTP/1.1\r\n${HOST}Accept-Encoding: gzip, br;q=0.5, zstd\r\n\r\n`,
  `BREW /a HTTP/1.1\r\n${HOST}\r\n`,
];

/** Lines that mean trouble wherever they turn up. */
const lines: readonly string[] = [
  'Content-Length: 0',
  'Content-Length: 5',
  'Content-Length: -1',
  'Content-Length: 99999999999',
  'content-length:5',
  'Transfer-Encoding: chunked',
  'Transfer-Encoding: gzip, chunked',
  'Transfer-Encoding : chunked',
  'TE: trailers',
  'Host: other.example',
  'Host:',
  'Connection: close',
  'Connection: keep-alive',
  'Connection: host, content-length',
  'Expect: 100-continue',
  'Expect: x',
  'Upgrade: websocket',
  'Connection: upgrade',
  ' folded',
  '\tfolded',
  ': x',
  'x',
  'Trailer: content-length',
  'Via: 1.1 a, 1.1 b',
  'Forwarded: for="[',
  'Max-Forwards: 0',
  'Range: bytes=0-',
  '0',
  '',
];

/** Bytes and runs of them that parsers trip over. */
const runs: readonly string[] = [
  '\0',
  '\r',
  '\n',
  '\r\n',
  '\r\n\r\n',
  '\n\n',
  ' ',
  '\t',
  '\x0b',
  '\x7f',
  '\x80',
  '\xff',
  ':',
  ';',
  ',',
  '"',
  '\\',
  '%',
  '%00',
  '%2e%2e',
  '%2f',
  '../',
  '//',
  '#',
  '?',
  '*',
  '0\r\n\r\n',
  'ffffffffffffffff',
  'HTTP/1.1',
  ' HTTP/1.1\r\n',
];

type Mutation = (text: string, random: SeededRandom) => string;

const mutations: readonly Mutation[] = [
  // One byte becomes another.
  (text, random) => {
    const at = random.below(text.length);
    return text.slice(0, at) + String.fromCharCode(random.below(256)) + text.slice(at + 1);
  },
  // Something is inserted.
  (text, random) => {
    const at = random.below(text.length + 1);
    return text.slice(0, at) + random.pick(runs) + text.slice(at);
  },
  // Some bytes go missing.
  (text, random) => {
    const at = random.below(text.length);
    return text.slice(0, at) + text.slice(at + 1 + random.below(4));
  },
  // A part comes twice.
  (text, random) => {
    const at = random.below(text.length);
    const part = text.slice(at, at + 1 + random.below(40));
    return text.slice(0, at) + part + text.slice(at);
  },
  // The rest never comes.
  (text, random) => text.slice(0, random.below(text.length)),
  // A line is put in, taken out, or moved.
  (text, random) => {
    const all = text.split('\r\n');
    const at = random.below(all.length);
    const [line] = random.chance(0.5) ? [random.pick(lines)] : all.splice(at, 1);
    if (random.chance(0.75)) all.splice(random.below(all.length + 1), 0, line);
    return all.join('\r\n');
  },
  // A digit becomes another: lengths, versions, chunk sizes.
  (text, random) => text.replace(/\d/g, (digit) => (random.chance(0.3) ? String(random.below(10)) : digit)),
  // Letters change their case.
  (text, random) => text.replace(/[a-z]/gi, (letter) => (random.chance(0.2) ? swapCase(letter) : letter)),
  // A run grows long.
  (text, random) => {
    const at = random.below(text.length);
    return text.slice(0, at) + text[at].repeat(1 + random.below(5_000)) + text.slice(at);
  },
];

function swapCase(letter: string): string {
  const upper = letter.toUpperCase();
  return letter === upper ? letter.toLowerCase() : upper;
}

export interface MutatedRequest {
  /** What goes over the wire, latin1, packet by packet. */
  readonly packets: readonly string[];
  /** What the client does when it has sent all. */
  readonly afterwards: 'wait' | 'end' | 'leave';
}

/** One to three requests on a connection, of which one at least is spoilt. */
export function mutateRequest(random: SeededRandom): MutatedRequest {
  const requests = Array.from({ length: random.chance(0.7) ? 1 : 2 + random.below(2) }, () => random.pick(templates));
  let text = requests.join('');
  for (let times = 1 + random.below(3); times > 0 && text !== ''; times--) text = random.pick(mutations)(text, random);
  const packets: string[] = [];
  for (let at = 0; at < text.length;) {
    const bytes = random.chance(0.75) ? text.length : 1 + random.below(60);
    packets.push(text.slice(at, at + bytes));
    at += bytes;
  }
  return { packets, afterwards: random.chance(0.05) ? 'leave' : random.chance(0.85) ? 'end' : 'wait' };
}
