import { mutateRequest } from '../request-mutations.js';
import type { SeededRandom } from '../seeded-random.js';

const HOST = 'Host: gateway.example';

const requestLines = [
  'GET / HTTP/1.1',
  'GET /a?b=c HTTP/1.1',
  'POST /a HTTP/1.1',
  'POST /a HTTP/1.1',
  'PUT /a/b HTTP/1.1',
  'DELETE /a HTTP/1.1',
  'HEAD /a HTTP/1.1',
  'OPTIONS /a HTTP/1.1',
  'PATCH /a HTTP/1.1',
  'GET http://gateway.example/a HTTP/1.1',
  'GET /%61/%c3%a9?x=%20 HTTP/1.1',
  'GET /a HTTP/1.0',
  'POST /a HTTP/1.0',
];

const oddLines = [
  'GET  / HTTP/1.1',
  'GET\t/ HTTP/1.1',
  ' GET / HTTP/1.1',
  'GET / HTTP/1.1 ',
  'GET /a b HTTP/1.1',
  'GET / http/1.1',
  'GET / HTTP/1.2',
  'GET / HTTP/2.0',
  'GET / HTTP/0.9',
  'GET / HTTP/1.10',
  'GET / HTTP/01.1',
  'GET /',
  'get / HTTP/1.1',
  'BREW / HTTP/1.1',
  'GE(T / HTTP/1.1',
  'GET /a#b HTTP/1.1',
  'GET /a?b#c HTTP/1.1',
  'GET \\a HTTP/1.1',
  'GET /\xe9 HTTP/1.1',
  'GET /\0 HTTP/1.1',
  'GET a HTTP/1.1',
  'GET * HTTP/1.1',
  'GET //a/../b HTTP/1.1',
  'GET /a/%2e%2e/%2e%2e/b HTTP/1.1',
  'GET /%2f HTTP/1.1',
  'GET /% HTTP/1.1',
  'GET http://user@gateway.example/a HTTP/1.1',
  'GET http://other.example/a HTTP/1.1',
  'GET ftp://gateway.example/a HTTP/1.1',
  'GET http:///a HTTP/1.1',
  'CONNECT gateway.example:80 HTTP/1.1',
  'TRACE / HTTP/1.1',
];

const plain = [
  'Accept: */*',
  'x-a: b',
  'X-Odd_Name.1: \t a  b \t',
  'x-empty:',
  'x-latin: caf\xe9',
  'Cookie: a=1',
  'cookie: b=2',
  'Connection: keep-alive',
  'Connection: close',
  'TE: trailers',
  'Content-Type: text/plain',
  'Authorization: Basic eDp5',
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
  'Content-Length: 5 5',
  'Content-Length: 99999999999999999999',
  'Content-Length: \t5 ',
  'Content-Length:',
  'Content-Length : 5',
  'Content_Length: 5',
  'Transfer-Encoding: chunked',
  'Transfer-Encoding: CHUNKED',
  'Transfer-Encoding: identity',
  'Transfer-Encoding: gzip, chunked',
  'Transfer-Encoding: chunked, identity',
  'Transfer-Encoding: chunked, chunked',
  'Transfer-Encoding: , chunked',
  'Transfer-Encoding: xchunked',
  'Transfer-Encoding: chunked;x=y',
  'Transfer-Encoding: "chunked"',
  'Transfer-Encoding : chunked',
  'Transfer-Encoding:\tchunked',
  'Transfer-Encoding: chunked\t',
  'Transfer-Encoding:\x0bchunked',
  'Transfer-Encoding:',
  'Transfer_Encoding: chunked',
  '\0Transfer-Encoding: chunked',
  'Host: other.example',
  'Host: a, b',
  'Host:',
  'Host: a b',
  'Host: a@b',
  'Host: a:80:80',
  'Host: [::1]:80',
  'Host: a/b',
  'Host : a',
  ' folded',
  '\tfolded: x',
  ': x',
  'no colon',
  'x y: z',
  'x\0: y',
  'x: \0',
  'x: \x7f',
  'x: \x01',
  'x: a\rb',
  'x: a\nb: c',
  'x\r: a',
  '"x": y',
  'x(: y',
  '\xe9: y',
  'Connection: host',
  'Connection: content-length',
  'Connection: transfer-encoding, close',
  'Connection: upgrade',
  'Upgrade: h2c',
  'Expect: 100-continue',
  'Expect: x',
  'Trailer: content-length',
  `x: ${'y'.repeat(9_000)}`,
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
  '0\r\n\r\n',
  'ffffffffffffffff',
];

const text = (random: SeededRandom, bytes: number): string => {
  let out = '';
  while (out.length < bytes)
    out += random.chance(0.1) ? String.fromCharCode(random.below(256)) : 'abcdefghij\r\n0:;'[random.below(15)];
  return out;
};

function chunked(random: SeededRandom): string {
  let body = '';
  for (let chunks = random.below(4); chunks > 0; chunks--) {
    const data = text(random, 1 + random.below(random.chance(0.05) ? 3_000 : 30));
    let size = data.length.toString(16);
    if (random.chance(0.2)) size = size.toUpperCase();
    if (random.chance(0.1))
      size = random.pick([
        `00${size}`,
        `0x${size}`,
        ` ${size}`,
        `${size} `,
        `+${size}`,
        `${size}h`,
        `10000000000000000${size}`,
      ]);
    const extension = random.chance(0.2)
      ? random.pick([';a', ';a=b', ';a="b;\\"c"', ' ;a', ';', '; a=b', ';a = b', ';a="\n"', ';\0', ';a\r;b'])
      : '';
    const end = random.chance(0.9) ? '\r\n' : random.pick(['\n', '\r', '', 'x\r\n']);
    body += `${size}${extension}${random.chance(0.95) ? '\r\n' : '\n'}${data}${end}`;
  }
  const trailers = random.chance(0.3)
    ? random.pick([
        'X-Sum: 1\r\n',
        'x-a:\r\nx-b: c\r\n',
        'Content-Length: 7\r\n',
        'Host: x\r\n',
        ' x: y\r\n',
        'x y: z\r\n',
        'x: \0\r\n',
        'x: y\n',
      ])
    : '';
  return `${body}${random.pick(['0', '0', '000', '0;a=b', '0 ', '00x'])}\r\n${trailers}\r\n`;
}

/** One request, to which nothing was done yet. */
function framed(random: SeededRandom): string {
  const line = random.chance(0.85) ? random.pick(requestLines) : random.pick(oddLines);
  const fields: string[] = random.chance(0.97) ? [HOST] : [];
  let body = '';
  if (random.chance(0.35)) {
    fields.push(
      random.chance(0.9)
        ? 'Transfer-Encoding: chunked'
        : random.pick(['Transfer-Encoding: Chunked', 'transfer-encoding:chunked']),
    );
    body = chunked(random);
  } else if (random.chance(0.5)) {
    body = text(random, random.below(random.chance(0.05) ? 3_000 : 40));
    const off = random.chance(0.9) ? 0 : random.below(5) - 2;
    fields.push(`Content-Length: ${Math.max(0, body.length + off)}`);
  }
  for (let more = random.below(5); more > 0; more--) fields.push(random.pick(plain));
  if (random.chance(0.3)) fields.push(random.pick(hostile));
  const end = random.chance(0.97) ? '\r\n' : '\n';
  return `${line}${end}${random
    .shuffled(fields)
    .map((field) => `${field}${end}`)
    .join('')}${end}${body}`;
}

function spoil(whole: string, random: SeededRandom): string {
  const at = random.below(Math.min(whole.length, 400));
  switch (random.below(5)) {
    case 0:
      return whole.slice(0, at) + String.fromCharCode(random.below(256)) + whole.slice(at + 1);
    case 1:
      return whole.slice(0, at) + random.pick(runs) + whole.slice(at);
    case 2:
      return whole.slice(0, at) + whole.slice(at + 1 + random.below(3));
    case 3: {
      const lines = whole.split('\r\n');
      lines.splice(1 + random.below(lines.length), 0, random.pick(hostile));
      return lines.join('\r\n');
    }
    default:
      return whole.replace(/\d/g, (digit) => (random.chance(0.2) ? String(random.below(10)) : digit));
  }
}

/**
 * A request as a client might send it: well-formed, odd or hostile, latin1, cut anywhere.
 * @param mark a field that is put behind each request line that can be told
 */
export function oddRequest(random: SeededRandom, mark: string): string[] {
  let whole: string;
  if (random.chance(0.15)) whole = mutateRequest(random).packets.join('');
  else {
    whole = framed(random);
    if (random.chance(0.3))
      for (let times = 1 + random.below(2); times > 0 && whole !== ''; times--) whole = spoil(whole, random);
  }
  whole = whole.replace(/ HTTP\/\d\.\d\r?\n/g, (end) => end + mark);
  const cuts = random.chance(0.5) ? 0 : 1 + random.below(3);
  const places = Array.from({ length: cuts }, () => random.below(whole.length + 1)).sort((a, b) => a - b);
  return [0, ...places].map((from, i) => whole.slice(from, places[i] ?? whole.length)).filter((piece) => piece !== '');
}
