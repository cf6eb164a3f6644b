import type { SeededRandom } from '../seeded-random.js';

export interface OddResponse {
  /** latin1, as the pieces came. */
  readonly pieces: readonly string[];
  readonly method: 'GET' | 'HEAD';
}

const statusLines = [
  'HTTP/1.1 200 OK',
  'HTTP/1.1 200 OK',
  'HTTP/1.1 200 OK',
  'HTTP/1.1 200',
  'HTTP/1.1 200 ',
  'HTTP/1.1 404 Not Found',
  'HTTP/1.1 599 \xe9t\xe9',
  'HTTP/1.1 204 No Content',
  'HTTP/1.1 205 Reset Content',
  'HTTP/1.1 304 Not Modified',
  'HTTP/1.0 200 OK',
  'HTTP/1.1 101 Switching Protocols',
];

/** Fields that say nothing of the framing. */
const plain = [
  'Content-Type: text/plain',
  'x-a: b',
  'X-Odd_Name.1: \t a  b \t',
  'x-empty:',
  'x-latin: caf\xe9',
  'Set-Cookie: a=1',
  'set-cookie: b=2',
  'Connection: keep-alive',
  'connection: close',
  'Connection: x-a, close',
  'Keep-Alive: timeout=5',
  'Trailer: x-sum',
  'Date: Wed, 25 Nov 2026 00:00:00 GMT',
];

/** Lines that mean trouble wherever they turn up. */
const hostile = [
  'Content-Length: 0',
  'Content-Length: 5',
  'content-length:5',
  'Content-Length: 05',
  'Content-Length: +5',
  'Content-Length: -1',
  'Content-Length: 5, 5',
  'Content-Length: 0x5',
  'Content-Length: 99999999999999999999',
  'Content-Length: 5 ',
  'Content-Length : 5',
  'Transfer-Encoding: chunked',
  'Transfer-Encoding: identity',
  'Transfer-Encoding: gzip, chunked',
  'Transfer-Encoding: chunked, identity',
  'Transfer-Encoding: xchunked',
  'Transfer-Encoding : chunked',
  'Transfer-Encoding:\tchunked',
  'Transfer-Encoding: chunked;x=y',
  ' folded',
  '\tfolded: x',
  ': x',
  'no colon',
  'x y: z',
  'x\0: y',
  'x: \0',
  'x: \x7f',
  'x: a\rb',
  'x: a\nb: c',
  'Upgrade: websocket',
  'Connection: upgrade',
  'Connection: keep-alive, close',
  'Connection: closed',
];

const runs = [
  '\0',
  '\r',
  '\n',
  '\r\n',
  '\r\n\r\n',
  ' ',
  '\t',
  '\x0b',
  '\x7f',
  '\x80',
  ':',
  ';',
  ',',
  '"',
  '=',
  '0\r\n\r\n',
  '5\r\nhello\r\n',
  'ffffffffffffffff',
  'HTTP/1.1 200 OK\r\n',
];

const text = (random: SeededRandom, bytes: number): string => {
  let out = '';
  while (out.length < bytes)
    out += random.chance(0.1) ? String.fromCharCode(random.below(256)) : 'abcdefghij\r\n0:;'[random.below(15)];
  return out;
};

/** A chunked body, with all that it may have. */
function chunked(random: SeededRandom): string {
  let body = '';
  for (let chunks = random.below(4); chunks > 0; chunks--) {
    const data = text(random, 1 + random.below(random.chance(0.1) ? 5_000 : 30));
    let size = data.length.toString(16);
    if (random.chance(0.2)) size = size.toUpperCase();
    if (random.chance(0.1)) size = `00${size}`;
    body += `${size}${random.chance(0.2) ? random.pick([';a', ';a=b', ';a="b;\\"c"', ';a;b=c', ' ', ';', '; a=b', ';a = b', ';a="\n"', 'x']) : ''}\r\n${data}\r\n`;
  }
  const trailers = random.chance(0.3)
    ? random.pick([
        'X-Sum: 1\r\n',
        'x-a:\r\nx-b: c\r\n',
        'Content-Length: 7\r\n',
        ' x: y\r\n',
        'x y: z\r\n',
        'x: \0\r\n',
      ])
    : '';
  return `${body}${random.pick(['0', '0', '000', '0;a=b'])}\r\n${trailers}\r\n`;
}

function framed(random: SeededRandom): { fields: string[]; body: string } {
  if (random.chance(0.4)) return { fields: ['Transfer-Encoding: chunked'], body: chunked(random) };
  const body = text(random, random.below(random.chance(0.1) ? 5_000 : 40));
  if (random.chance(0.8)) {
    const off = random.chance(0.85) ? 0 : random.below(5) - 2;
    return { fields: [`Content-Length: ${Math.max(0, body.length + off)}`], body };
  }
  return { fields: [], body };
}

function spoil(whole: string, random: SeededRandom): string {
  const at = random.below(whole.length);
  switch (random.below(6)) {
    case 0:
      return whole.slice(0, at) + String.fromCharCode(random.below(256)) + whole.slice(at + 1);
    case 1:
      return whole.slice(0, at) + random.pick(runs) + whole.slice(at);
    case 2:
      return whole.slice(0, at) + whole.slice(at + 1 + random.below(3));
    case 3:
      return whole.slice(0, at);
    case 4:
      return whole.replace(/\d/g, (digit) => (random.chance(0.2) ? String(random.below(10)) : digit));
    default: {
      const lines = whole.split('\r\n');
      lines.splice(1 + random.below(lines.length), 0, random.pick(hostile));
      return lines.join('\r\n');
    }
  }
}

/** A response as an upstream might send it: well-formed half of the time, else odd or hostile; cut anywhere. */
export function oddResponse(random: SeededRandom): OddResponse {
  const method = random.chance(0.08) ? 'HEAD' : 'GET';
  let whole = random.chance(0.1) ? 'HTTP/1.1 103 Early Hints\r\nlink: <a>\r\n\r\n' : '';
  if (random.chance(0.05)) whole += 'HTTP/1.1 100 Continue\r\n\r\n';
  const status = random.pick(statusLines);
  const { fields, body } = framed(random);
  for (let more = random.below(5); more > 0; more--) fields.push(random.pick(plain));
  if (random.chance(0.15)) fields.push(random.pick(hostile));
  const bodiless = method === 'HEAD' || / (?:204|304) /.test(status);
  whole += `${status}\r\n${random
    .shuffled(fields)
    .map((field) => `${field}\r\n`)
    .join('')}\r\n${bodiless && random.chance(0.9) ? '' : body}`;
  if (random.chance(0.04)) whole += random.pick(['x', '\r\n', 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n']);
  if (random.chance(0.35))
    for (let times = 1 + random.below(2); times > 0 && whole !== ''; times--) whole = spoil(whole, random);
  return { pieces: cut(whole, random), method };
}

function cut(whole: string, random: SeededRandom): string[] {
  const pieces: string[] = [];
  const cuts = random.chance(0.3) ? 0 : 1 + random.below(4);
  const places = Array.from({ length: cuts }, () => random.below(whole.length + 1)).sort((a, b) => a - b);
  let from = 0;
  for (const place of [...places, whole.length]) {
    if (place > from) pieces.push(whole.slice(from, place));
    from = Math.max(from, place);
  }
  return pieces;
}
