import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readRequests } from '../helpers/llhttp.js';
import { oddRequest } from '../helpers/request-heads/odd-request.js';
import { startPeerProxy, type PeerProxy } from '../helpers/request-heads/peer-proxies.js';
import { Recorder, type RecordedConnection } from '../helpers/request-heads/recorder.js';
import { Way, type Outcome } from '../helpers/request-heads/way.js';
import { SeededRandom } from '../helpers/seeded-random.js';
import { startGateway, type RunningGateway } from '../helpers/start-gateway.js';
import type { StrictRequest } from '../helpers/strict-request-reader.js';

/** The long form sets it: `make soak ARGS=heads`. */
const SHORT = 1_500;
const HEADS = Number(process.env.REQUEST_HEADS ?? SHORT);
const SEED = Number(process.env.REQUEST_HEADS_SEED ?? 5);
const LANES = 8;

/** What the gateway refuses and both others take, by the error of its parser or the code of its problem, and why it does. */
const stricter: Readonly<Record<string, string>> = {
  HPE_CR_EXPECTED: 'lines of heads, chunks and trailers that end in a bare LF',
  HPE_INVALID_VERSION: 'a request line that ends in a bare LF',
  HPE_INVALID_HEADER_TOKEN: 'an empty line that is a bare LF',
  HPE_INVALID_CHUNK_SIZE: 'blanks behind the size of a chunk',
  HPE_STRICT: 'blanks before, and control bytes in, chunk extensions',
  HPE_INVALID_METHOD: 'methods that Node does not know (docs/decisions/0007), with 501',
  'expectation-failed': 'expectations that nobody can meet (RFC 9110 section 10.1.1), with 417',
  'http-version-not-supported': 'HTTP/1.2 and above, which nobody speaks, with 505',
  'head-too-large': 'heads above server.headBytesMax, with 431',
  'malformed-host': 'hosts in other bytes than RFC 3986 has for names, or with two ports',
  'malformed-path':
    'paths that services may read in two ways (docs/request-path.md): %2F, %5C, dot segments with parameters',
  'HEAD 400': 'the same as the two above, in reply to HEAD',
  'HEAD 417': 'the same as expectation-failed',
  'HEAD 505': 'the same as http-version-not-supported',
};

/** What another refuses of what it is sent, and why the gateway passes it on all the same. */
function theirsIsStricter(name: string, text: string): string | null {
  if (name === 'nginx') {
    if (text.startsWith('TRACE ')) return 'nginx answers TRACE with 405; a route that names its methods does so here';
    if (/^authorization:[^]*^authorization:/im.test(text)) {
      return 'nginx refuses Authorization twice; here only routes that read it do, with 401';
    }
  }
  if (name === 'haproxy') {
    if (/^[^\r\n:]{256,}:/m.test(text))
      return 'haproxy takes no longer name of a field than 255 bytes; here the head has a limit';
    if (/^(?:GET|HEAD|DELETE) \S+ HTTP\/1\.0\r?\n/.test(text)) {
      return 'haproxy refuses bodies of such requests in HTTP/1.0; here they are counted, and leave in HTTP/1.1';
    }
    const [, authority = ''] = /^\S+ https?:\/\/([^/?#\s]*)/i.exec(text) ?? [];
    if (authority !== '' && authority !== /^host:[ \t]*(\S*)/im.exec(text)?.[1]) {
      return 'haproxy wants Host to be what the target says; RFC 9112 section 3.2.2 lets the target win';
    }
  }
  return null;
}

/** Problems that are found in a head before the parser finds what is wrong behind it. */
const ownCodes = new Set(['expectation-failed', 'http-version-not-supported', 'malformed-host', 'malformed-path']);

interface Lane {
  readonly gateway: RunningGateway;
  readonly way: Way;
  readonly peers: readonly Way[];
  readonly recorders: readonly Recorder[];
}

const tally = new Map<string, number>();
const count = (what: string): void => void tally.set(what, (tally.get(what) ?? 0) + 1);

/** Fields that a proxy may take away, or write. */
const ofProxies =
  /^(?:host|connection|keep-alive|te|trailer|transfer-encoding|content-length|upgrade|expect|via|forwarded|x-forwarded-.*|x-request-id|traceparent|proxy-.*|http2-settings|date|x-real-ip): /;

describe('a request head, well-formed, odd or hostile', () => {
  let proxies: PeerProxy[];
  let lanes: Lane[];

  beforeAll(async () => {
    const found = await Promise.all([startPeerProxy('nginx', LANES), startPeerProxy('haproxy', LANES)]);
    proxies = found.filter((proxy) => proxy !== null);
    lanes = await Promise.all(Array.from({ length: LANES }, (_, lane) => openLane(lane, proxies)));
    const names = proxies.map(({ name, version }) => `${name} ${version}`).join(' and ');
    process.stdout.write(
      `request heads are compared with Node's server${names === '' ? ' alone: neither nginx nor haproxy is here' : ` and with ${names}`}\n`,
    );
  }, 60_000);

  afterAll(async () => {
    for (const { gateway, recorders } of lanes ?? []) {
      await gateway.close();
      for (const recorder of recorders) await recorder.close();
    }
    for (const proxy of proxies ?? []) await proxy.close();
    if (HEADS > SHORT) process.stdout.write(`${JSON.stringify(Object.fromEntries(tally))}\n`);
  });

  it(
    `means to everyone behind the gateway what it means to the gateway: ${HEADS} of them`,
    async () => {
      // As text: a difference of hundreds of lines tells nobody anything.
      const findings: string[] = [];
      let next = 0;
      const drive = async (lane: Lane): Promise<void> => {
        while (next < HEADS && findings.length < 60) {
          const seed = SEED * 10_000_019 + next++;
          const mark = `x-case: ${seed}\r\n`;
          const pieces = oddRequest(new SeededRandom(seed), mark);
          if (pieces.length === 0) continue;
          for (const what of await compare(lane, pieces, mark)) findings.push(JSON.stringify({ seed, ...what }));
        }
      };
      await Promise.all(lanes.map(drive));
      expect(findings).toEqual([]);
      // Neither side of the comparison is empty.
      expect(tally.get('accepted')! / HEADS).toBeGreaterThan(0.3);
      expect(tally.get('accepted')! / HEADS).toBeLessThan(0.8);
    },
    60_000 + HEADS * 20,
  );
});

async function openLane(lane: number, proxies: readonly PeerProxy[]): Promise<Lane> {
  const recorder = await Recorder.start(null);
  const gateway = await startGateway({
    server: { headTimeoutMs: 5_000, requestTimeoutMs: 10_000 },
    // On a port of its own, or some paths would be answered by the gateway itself.
    management: { port: 0 },
    upstreams: { recorder: { targets: [{ url: recorder.url }] } },
    routes: [{ id: 'all', match: { path: '/*' }, upstream: 'recorder' }],
  });
  const behind = await Promise.all(proxies.map((proxy) => Recorder.start(proxy.upstream(lane))));
  return {
    gateway,
    way: new Way('gateway', gateway.port, recorder, true),
    peers: proxies.map((proxy, i) => new Way(proxy.name, proxy.entrance(lane), behind[i])),
    recorders: [recorder, ...behind],
  };
}

async function compare({ way, peers }: Lane, pieces: readonly string[], mark: string): Promise<object[]> {
  const findings: object[] = [];
  const note = (what: string, more: object): void => void findings.push({ what, pieces, ...more });
  const [ours, ...theirs] = await Promise.all([way, ...peers].map((each) => each.send(pieces, mark)));
  const told = { ours, theirs };
  if (ours.accepted) count('accepted');
  if (ours.recorded.some(({ broken }) => broken.length > 0)) note('the gateway sends what is no HTTP', told);
  const text = pieces.join('');
  const refusals = theirs.filter((other, i) => !took(other) && theirsIsStricter(peers[i].name, text) === null);
  if (ours.accepted && theirs.length > 1 && refusals.length === theirs.length) note('the gateway is laxer', told);
  if (!ours.accepted && theirs.length > 1 && theirs.every(isClean)) {
    const why = reasonOf(ours, text);
    count(`stricter: ${why}`);
    if (stricter[why] === undefined) note('the gateway is stricter', { why, ...told });
  }
  if (isClean(ours)) {
    for (const [i, other] of theirs.entries()) {
      if (isClean(other)) sameMessages(ours, other, peers[i].name, note);
    }
  }
  for (const connection of ours.recorded) await readAgain(connection, peers, mark, note);
  return findings;
}

/** What its parser said, where that refused it, else the code of the problem; a reply to HEAD has no body that names it. */
function reasonOf({ code, status }: Outcome, text: string): string {
  const { messages, error } = readRequests([Buffer.from(text, 'latin1')]);
  // What is wrong further on is not what the first request was refused for.
  if (!(messages[0]?.complete ?? false) && error !== '' && !ownCodes.has(code)) return error;
  return code || (text.startsWith('HEAD ') ? `HEAD ${status}` : `status ${status}`);
}

function took({ accepted, recorded }: Outcome): boolean {
  return accepted || recorded.length > 0;
}

/** Taken, and passed on as what everybody calls HTTP. */
function isClean({ accepted, recorded }: Outcome): boolean {
  return accepted && recorded.every(({ broken, requests }) => broken.length === 0 && requests.length > 0);
}

/** What a client sent, as the gateway passed it on and as another did: what it is about, and where it ends. */
function sameMessages(ours: Outcome, theirs: Outcome, name: string, note: (what: string, more: object) => void): void {
  const [a, b] = [ours, theirs].map(({ recorded }) =>
    recorded.flatMap(({ requests }) =>
      requests.filter(({ target }) => target !== '*').map(({ method, body }) => `${method} ${body}`),
    ),
  );
  // The gateway itself is what `OPTIONS *` is about.
  // Requests that follow one another may overtake one another on connections of their own, and one may refuse the second.
  const same = a.length === b.length ? a.sort().join() === b.sort().join() : a.includes(b[0]);
  if (!same) note(`${name} passes on another message`, { ours, theirs });
}

/** What the gateway sent, sent to the others: each of them reads the same requests in it. */
async function readAgain(
  { raw, requests }: RecordedConnection,
  peers: readonly Way[],
  mark: string,
  note: (what: string, more: object) => void,
): Promise<void> {
  const { messages, error } = readRequests([Buffer.from(raw, 'latin1')]);
  const whole = messages.filter(({ complete }) => complete);
  // A client that breaks off in its body leaves a request without an end, which nobody may take for one.
  const ended = whole.length === messages.length;
  if (error !== '' && (ended || error !== 'HPE_INVALID_EOF_STATE'))
    note('Node refuses what the gateway sends', { raw, error });
  const byNode = whole.map(({ method, target, headers, body }) => ({ method, target, fields: lines(headers), body }));
  if (JSON.stringify(byNode) !== JSON.stringify(requests)) note('Node reads something else', { raw, byNode, requests });
  for (const peer of peers) {
    const { accepted, recorded, status } = await peer.send([raw], mark);
    const theirs = recorded.flatMap((connection) => connection.requests);
    if (!accepted && theirsIsStricter(peer.name, raw) !== null) count(`${peer.name} is stricter`);
    else if (!accepted && requests.length > 0) note(`${peer.name} refuses what the gateway sends`, { raw, status });
    else if (JSON.stringify(theirs.map(essence)) !== JSON.stringify(requests.map(essence))) {
      note(`${peer.name} reads something else`, { raw, theirs, requests });
    }
  }
}

function lines(flat: readonly string[]): string[] {
  return flat.flatMap((text, i) => (i % 2 === 0 ? [`${text.toLowerCase()}: ${flat[i + 1]}`] : []));
}

function essence({ method, target, fields, body }: StrictRequest): object {
  return { method, target, body, fields: fields.filter((field) => !ofProxies.test(field)).sort() };
}
