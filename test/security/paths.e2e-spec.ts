import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { ConfigObject } from '../../apps/gateway/src/config/index.js';
import { converse, expectWireProblem } from '../helpers/converse.js';
import { RawConnection } from '../helpers/raw-connection.js';
import { SeededRandom } from '../helpers/seeded-random.js';
import { startGateway, type RunningGateway } from '../helpers/start-gateway.js';
import { startStrictUpstream, type StrictUpstream } from '../helpers/strict-upstream.js';
import { wireReplies } from '../helpers/wire-replies.js';

type Backend = 'public' | 'private' | 'stripped';
const backends: readonly Backend[] = ['public', 'private', 'stripped'];

/** Three backends that must not be reached by one another's routes. */
class Guarded {
  private constructor(
    readonly upstreams: Readonly<Record<Backend, StrictUpstream>>,
    readonly gateway: RunningGateway,
  ) {}

  static async start(server: ConfigObject['server'] = {}): Promise<Guarded> {
    const [open, closed, stripped] = await Promise.all(backends.map(() => startStrictUpstream()));
    const upstreams = { public: open, private: closed, stripped };
    const gateway = await startGateway({
      server,
      upstreams: Object.fromEntries(backends.map((name) => [name, { targets: [{ url: upstreams[name].url }] }])),
      routes: [
        { id: 'public', match: { path: '/public/*' }, upstream: 'public' },
        { id: 'private', match: { path: '/private/*' }, upstream: 'private' },
        { id: 'stripped', match: { path: '/files/*' }, upstream: 'stripped', rewrite: { stripPrefix: '/files' } },
      ],
    });
    return new Guarded(upstreams, gateway);
  }

  async close(): Promise<void> {
    await this.gateway.close();
    await Promise.all(backends.map((name) => this.upstreams[name].close()));
  }

  /** What each backend has got since the last call: `public /public/a`. */
  seen(): string[] {
    return backends.flatMap((name) => this.upstreams[name].requests.splice(0).map(({ target }) => `${name} ${target}`));
  }

  /** What becomes of a path: what a backend got, or the status. */
  async ask(path: string): Promise<string> {
    const { replies } = await converse(this.gateway.port, `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`);
    const [seen, ...more] = this.seen();
    expect(more).toEqual([]);
    if (replies[0].status === 400) expectWireProblem(replies[0], 400, 'malformed-path');
    expect(replies[0].status === 200).toBe(seen !== undefined);
    return seen ?? String(replies[0].status);
  }

  expectNothingBroken(): void {
    for (const name of backends) expect(this.upstreams[name].broken).toEqual([]);
  }
}

/** What the least careful of servers might read a path as: all decoded once, parameters cut off, then resolved. */
function asReadCarelessly(target: string): string {
  const decoded = target
    .split('?')[0]
    .replace(/%([0-9A-F]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  const kept: string[] = [];
  for (const segment of decoded.split(/[/\\]/)) {
    const name = segment.split(';')[0];
    if (name === '..') kept.pop();
    else if (name !== '.' && segment !== '') kept.push(segment);
  }
  return `/${kept.join('/')}`;
}

describe('a path', () => {
  let guarded: Guarded;

  beforeAll(async () => {
    guarded = await Guarded.start();
  });

  afterAll(() => guarded?.close());
  afterEach(() => guarded.expectNothingBroken());

  it.each([
    ['/public', 'public /public'],
    ['/public/', 'public /public/'],
    ['/public/a/b', 'public /public/a/b'],
    ['/public?x=/../private', 'public /public?x=/../private'],
    ['/public/a.b/..c/.d', 'public /public/a.b/..c/.d'],
    // RFC 3986 section 6.2.2.2: what need not be encoded is not.
    ['/%70ublic/%61', 'public /public/a'],
    ['/public/%7Euser', 'public /public/~user'],
    ['/public/%c3%a9', 'public /public/%C3%A9'],
    ['/public/a%20b', 'public /public/a%20b'],
    ['/public/%25', 'public /public/%25'],
    ['/public/%3Fx', 'public /public/%3Fx'],
    ['/public/%23x', 'public /public/%23x'],
    ['/public/a;b=c', 'public /public/a;b=c'],
    ['/public/a+b', 'public /public/a+b'],
    // RFC 3986 section 6.2.2.3, and slashes merged first.
    ['//public//a', 'public /public/a'],
    ['///public', 'public /public'],
    ['/./public/./a/.', 'public /public/a/'],
    ['/public/a/../b', 'public /public/b'],
    ['/public/a/..', 'public /public/'],
    ['/x/../public', 'public /public'],
    ['/public/../private/a', 'private /private/a'],
    ['/public//../private', 'private /private'],
    ['/public/%2e%2e/private', 'private /private'],
    ['/public/%2E./private', 'private /private'],
    ['/public/.%2e/private', 'private /private'],
    ['/%2e/private', 'private /private'],
    ['/public/a/../../private', 'private /private'],
    ['/%70rivate', 'private /private'],
    ['/private/../public', 'public /public'],
    ['/files/../private', 'private /private'],
    ['/files/a', 'stripped /a'],
    ['/files', 'stripped /'],
    ['/files/', 'stripped /'],
    ['/files//evil.example/a', 'stripped /evil.example/a'],
    ['/files/.//a', 'stripped /a'],
    ['/files/%70rivate', 'stripped /private'],
    // Decoded once, never twice: a backend that decodes twice must be told by its own rules.
    ['/public/%252e%252e/private', 'public /public/%252e%252e/private'],
    ['/public/%252fprivate', 'public /public/%252fprivate'],
    ['/publi%63', 'public /public'],
    // Case counts, and so does every letter.
    ['/PRIVATE', '404'],
    ['/private%20', '404'],
    ['/privatex', '404'],
    ['/private;x', '404'],
    ['/publicx/../', '404'],
  ])('is brought into one form, which is matched and forwarded: %s → %s', async (path, result) => {
    expect(await guarded.ask(path)).toBe(result);
  });

  it.each([
    ['a bad triplet', '/public/%zz'],
    ['half a triplet', '/public/%2'],
    ['a lone percent sign', '/public/%'],
    ['a triplet in wide digits', '/public/%u002e%u002e/private'],
    ['an overlong dot is no dot, but half of it is a control', '/public/%00'],
    ['an encoded NUL', '/public/a%00.html'],
    ['an encoded line end', '/public/a%0d%0aX:%201'],
    ['an encoded DEL', '/public/%7f'],
    ['an encoded slash', '/public%2fa'],
    ['an encoded slash before dots', '/public/..%2fprivate'],
    ['an encoded slash behind dots', '/public/%2f../private'],
    ['an encoded slash in front', '/%2fprivate'],
    ['an encoded backslash', '/public/..%5cprivate'],
    ['a backslash', '/public/..\\private'],
    ['a backslash in front', '/\\private'],
    ['dots with a parameter', '/public/..;/private'],
    ['dots with a named parameter', '/public/..;x=y/private'],
    ['one dot with a parameter', '/public/.;/private'],
    ['encoded dots with a parameter', '/public/%2e%2e;/private'],
    ['dots with an encoded parameter', '/public/..%3b/private'],
    ['more steps up than down', '/../private'],
    ['more steps up than down, encoded', '/%2e%2e/private'],
    ['more steps up than down, later', '/public/../../private'],
    ['a fragment', '/public#/../private'],
  ])('is refused with 400 when servers could read it differently: %s', async (_what, path) => {
    expect(await guarded.ask(path)).toBe('400');
  });

  it('means the same in absolute-form', async () => {
    expect(await guarded.ask('http://a/public/../private')).toBe('private /private');
    expect(await guarded.ask('http://a/public/..%2fprivate')).toBe('400');
    expect(await guarded.ask('http://a//private')).toBe('private /private');
  });

  it('leaves the query as it came', async () => {
    const query = '?a=%zz&b=..%2f..%2fprivate&c=//&d=%00&e={|}`^&f=\\';
    expect(await guarded.ask(`/public${query}`)).toBe(`public /public${query}`);
  });
});

describe('a path with an encoded slash, where those are kept', () => {
  let guarded: Guarded;

  beforeAll(async () => {
    guarded = await Guarded.start({ encodedSlash: 'keep' });
  });

  afterAll(() => guarded?.close());
  afterEach(() => guarded.expectNothingBroken());

  it.each([
    ['/public/a%2fb', 'public /public/a%2Fb'],
    ['/public/a%5Cb', 'public /public/a%5Cb'],
    ['/public/%2f', 'public /public/%2F'],
    ['/files/%2fevil.example', 'stripped /%2Fevil.example'],
    ['/public%2fa', '404'],
    ['/%2fprivate', '404'],
    ['/public/..%2fprivate', '400'],
    ['/public/%2e%2e%2fprivate', '400'],
    ['/public/a%2f..%2f..%2fprivate', '400'],
    ['/public/a%2f%2e%2e', '400'],
    ['/public/..%5cprivate', '400'],
    ['/public/a%2f..;x', '400'],
    ['/public/a%2f.%2fb', '400'],
    ['/public/..\\private', '400'],
  ])('keeps it as a part of its segment, without dots beside it: %s → %s', async (path, result) => {
    expect(await guarded.ask(path)).toBe(result);
  });
});

describe.each([
  ['refused', 'reject'],
  ['kept', 'keep'],
] as const)('paths at random, encoded slashes %s', (_what, encodedSlash) => {
  const SEED = 20_261_124;
  const PATHS = 3_000;
  const pieces = [
    '/',
    '/',
    '/',
    '//',
    '.',
    '..',
    '/..',
    '/../',
    '%2e',
    '%2E%2e',
    '%2f',
    '%2F',
    '%5c',
    '\\',
    ';',
    '..;',
    '%3b',
    'public',
    'private',
    'files',
    '%70ublic',
    'priv%61te',
    'a',
    '%',
    '%zz',
    '%00',
    '%20',
    '%252e',
    '%252f',
    '+',
    '?x',
    '?/..',
    '~',
    ':',
  ];

  let guarded: Guarded;

  beforeAll(async () => {
    guarded = await Guarded.start({ encodedSlash });
  });

  afterAll(() => guarded?.close());

  it(`never reach a backend by another's route (seed ${SEED})`, async () => {
    const random = new SeededRandom(SEED);
    const client = await RawConnection.open(guarded.gateway.port);
    let reached = 0;
    for (let batch = 0; batch < PATHS / 100; batch++) {
      const paths = Array.from({ length: 100 }, () => {
        const start = random.pick(['/public', '/private', '/files', '/']);
        return start + Array.from({ length: random.below(6) }, () => random.pick(pieces)).join('');
      });
      client.received = Buffer.alloc(0);
      client.write(paths.map((path) => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`).join(''));
      await client.until(({ text }) => wireReplies(text).filter(({ complete }) => complete).length === paths.length);
      const statuses = wireReplies(client.text).map(({ status }) => status);
      expect(statuses.filter((status) => status !== 200 && status !== 400 && status !== 404)).toEqual([]);
      for (const seen of guarded.seen()) {
        const [backend, target] = seen.split(' ');
        const home = backend === 'stripped' ? '/files' : `/${backend}`;
        // What was stripped has lost its prefix, and must not lead out of it either.
        const read = asReadCarelessly(backend === 'stripped' ? home + target : target);
        expect({ seen, read, inside: read === home || read.startsWith(`${home}/`) }).toMatchObject({ inside: true });
        expect(target.split('?')[0]).not.toMatch(/\/\/|\\|(?:^|\/)\.{1,2}(?:\/|;|$)/);
        reached++;
      }
    }
    client.destroy();
    guarded.expectNothingBroken();
    expect(reached).toBeGreaterThan(PATHS / 20);
  });
});
