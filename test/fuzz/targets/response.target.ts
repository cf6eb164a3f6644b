import { takeResponseFields } from '../../../apps/gateway/src/upstream/response-fields.js';
import { readResponses } from '../../helpers/llhttp.js';
import { SeededRandom } from '../../helpers/seeded-random.js';
import { oddResponse } from '../../helpers/upstream-client/odd-responses.js';
import { readWithUndici } from '../../helpers/upstream-client/other-readers.js';
import { readResponse, type ReadResponse } from '../../helpers/upstream-client/read-response.js';
import { demand, demandSame, type FuzzTarget } from '../harness/fuzz-target.js';
import { cuts } from './cut-input.js';

/** The first byte says what was asked for. */
const TO_HEAD = 1;
const MAY_UPGRADE = 2;

const LIMITS = { headBytesMax: 512, lineBytesMax: 128, fieldsMax: 12, chunkExtensionBytesMax: 48, interimMax: 3 };

/** Response heads, framing and bodies of an upstream: `ResponseReader`, under limits that a short input can reach. */
export const responseTarget: FuzzTarget = {
  name: 'response',
  bytesMax: 1_024,
  seeds: Array.from({ length: 60 }, (_, i) => {
    const { method, pieces } = oddResponse(new SeededRandom(i));
    const flags = (method === 'HEAD' ? TO_HEAD : 0) | (i % 7 === 0 ? MAY_UPGRADE : 0);
    return Buffer.from(String.fromCharCode(flags) + pieces.join(''), 'latin1');
  }).filter(({ length }) => length < 1_024),
  dictionary: [
    'HTTP/1.1 200 OK\r\n',
    'HTTP/1.0 200\r\n',
    'HTTP/1.1 101 Switching Protocols\r\nUpgrade: a\r\nConnection: upgrade\r\n\r\n',
    'HTTP/1.1 100 Continue\r\n\r\n',
    'HTTP/1.1 204 No Content\r\n',
    'HTTP/1.1 304 Not Modified\r\n',
    'Content-Length: 5\r\n',
    'Transfer-Encoding: chunked\r\n',
    'Connection: close\r\n',
    'Connection: keep-alive\r\n',
    'Keep-Alive: timeout=5\r\n',
    'Trailer: x\r\n',
    'x: y\r\n',
    '5\r\nhello\r\n',
    '0\r\n\r\n',
    ';a=b',
    ';a="\\""',
    '\r\n\r\n',
    ', chunked',
    'identity',
  ],

  run(input) {
    const { toHead, mayUpgrade, bytes } = asked(input);
    const readings = cuts(bytes).map((pieces) => read(pieces, toHead, mayUpgrade));
    const [whole] = readings;
    for (const other of readings) {
      // What had come of a body before it broke depends on the cuts, as it must.
      if (whole.end === 'complete' || whole.end === 'switched') demandSame('cuts change what is read', whole, other);
      else demandSame('cuts change the end', [whole.end, whole.tooLarge], [other.end, other.tooLarge]);
    }
    if (whole.end === 'complete') compareWithLlhttp(bytes, toHead, whole);
    checkFields(whole);
  },

  async compare(input) {
    const { toHead, mayUpgrade, bytes } = asked(input);
    const ours = read([bytes], toHead, mayUpgrade);
    if (ours.end !== 'complete' || undiciIsStricter(ours, bytes)) return;
    const theirs = await readWithUndici({ pieces: [bytes.toString('latin1')], method: toHead ? 'HEAD' : 'GET' });
    const told = (one: { status: number; body: string; trailers: string[] }): object => [
      one.status,
      one.body,
      byName(one.trailers),
    ];
    demandSame('undici reads it otherwise', told(ours), told(theirs), { why: theirs.why });
  },
};

function asked(input: Buffer): { toHead: boolean; mayUpgrade: boolean; bytes: Buffer } {
  const flags = input.length > 0 ? input[0] : 0;
  return { toHead: (flags & TO_HEAD) !== 0, mayUpgrade: (flags & MAY_UPGRADE) !== 0, bytes: input.subarray(1) };
}

function read(pieces: readonly Buffer[], toHead: boolean, mayUpgrade: boolean): ReadResponse {
  return readResponse(
    pieces.map((piece) => piece.toString('latin1')),
    { method: toHead ? 'HEAD' : 'GET', mayUpgrade, limits: LIMITS, closes: true },
  );
}

/** What we take, Node's parser takes, and sees the same in it. */
function compareWithLlhttp(bytes: Buffer, toHead: boolean, ours: ReadResponse): void {
  // `Connection: close` in an interim response is the end of all for it; we do not use that connection again.
  if (ours.interim.some(({ headers }) => headers.includes('connection'))) return;
  // What comes behind a complete response is not this response, and need not be one.
  const { messages, error } = readResponses([bytes.subarray(0, bytes.length - ours.excess)], { toHead });
  const final = messages.find(({ status }) => status >= 200);
  demand(final?.complete === true, 'Node refuses it', () => ({ ours, messages, error }));
  const { status, headers, body, trailers } = final!;
  demandSame(
    'Node reads it otherwise',
    [ours.interim.map((interim) => interim.status), ours.status, ours.headers, ours.body, ours.trailers],
    [
      messages.slice(0, messages.indexOf(final!)).map((interim) => interim.status),
      status,
      lowered(headers),
      body,
      lowered(trailers),
    ],
  );
  // Only where a length or chunks end the body can it be used again at all.
  const ends = /^(?:content-length|transfer-encoding)$/;
  const framed = !toHead && ours.headers.some((text, i) => i % 2 === 0 && ends.test(text));
  demand(!ours.persistent || final!.keepAlive || !framed, 'Node would close the connection', () => ours);
}

/** Reasons as in test/e2e/upstream-client-differential.e2e-spec.ts. */
function undiciIsStricter({ interim, excess }: ReadResponse, bytes: Buffer): boolean {
  return interim.length > 0 || excess > 0 || /content-length:[^\r]*[ \t]\r/i.test(bytes.toString('latin1'));
}

/** What goes on to the client has nothing of this hop. */
function checkFields({ headers }: ReadResponse): void {
  const kept = [...headers];
  takeResponseFields(kept);
  const connection = headers.filter((_, i) => i % 2 === 1 && headers[i - 1] === 'connection').join(',');
  const nominated = new Set(
    connection
      .toLowerCase()
      .split(',')
      .map((name) => name.trim()),
  );
  for (let i = 0; i < kept.length; i += 2) {
    const stays = ['content-length', 'content-type', 'close'].includes(kept[i]);
    demand(!nominated.has(kept[i]) || stays, 'a field that Connection names goes on', () => ({ headers, kept }));
    demand(
      !/^(?:connection|keep-alive|transfer-encoding|upgrade|te)$/.test(kept[i]),
      'a hop-by-hop field goes on',
      () => ({
        headers,
        kept,
      }),
    );
  }
}

function lowered(flat: readonly string[]): string[] {
  return flat.map((text, i) => (i % 2 === 0 ? text.toLowerCase() : text));
}

/** undici gives an object: one value for a name, or a list of them. */
function byName(flat: readonly string[]): object {
  const found: Record<string, string> = {};
  for (let i = 0; i < flat.length; i += 2)
    found[flat[i]] = found[flat[i]] === undefined ? flat[i + 1] : `${found[flat[i]]},${flat[i + 1]}`;
  return Object.entries(found).sort(([a], [b]) => (a < b ? -1 : 1));
}
