import { hostOf } from '../../../apps/gateway/src/edge/authority.js';
import { normalizePath } from '../../../apps/gateway/src/edge/normalize-path.js';
import { readTarget } from '../../../apps/gateway/src/edge/read-target.js';
import { demand, demandSame, type FuzzTarget } from '../harness/fuzz-target.js';

/** Request targets and authorities: whatever the next reader does to the normal form, it stays where it is. */
export const pathTarget: FuzzTarget = {
  name: 'path',
  bytesMax: 8_192,
  seeds: [
    '/',
    '/a/b?c=d',
    '/a/%2e%2E/b',
    '//a/./b/',
    '/a%2fb',
    '/..;x/a',
    'http://A.example.:80/b?c',
    '*',
    '/%c3%a9',
  ].map((text) => Buffer.from(text, 'latin1')),
  dictionary: [
    '..',
    '/../',
    '/./',
    '//',
    '%2e',
    '%2E',
    '%2f',
    '%5c',
    '%5C',
    '%252e',
    '%3b',
    ';x',
    '%00',
    '%25',
    '#',
    '?',
    '\\',
    'http://',
    'https://',
    '@',
    ':80',
    '[::1]',
  ],

  run(input) {
    const url = input.toString('latin1');
    const target = readTarget(url, 'OPTIONS');
    if (target === null) return;
    const { authority, path, query } = target;
    if (path === '*') return;
    demand(query === '' || query.startsWith('?'), 'no query', () => ({ url, query }));
    demand(!query.includes('#'), 'a fragment goes on', () => ({ url, query }));
    demandSame(
      'something is lost',
      `${url.slice(0, url.length - path.length - query.length)}${path}${query}`,
      path === '/' && !url.endsWith(`/${query}`) ? `${url.slice(0, url.length - 1 - query.length)}/${query}` : url,
    );
    checkHost(authority);
    for (const keeps of [false, true]) checkPath(path, normalizePath(path, keeps), keeps);
  },
};

function checkHost(authority: string): void {
  const host = hostOf(authority);
  if (host === null) return;
  demand(/^[\x21-\x7e]+$/.test(authority), 'not in visible ASCII', () => ({ authority }));
  demand(host === host.toLowerCase() && !host.includes('/') && !host.includes('@'), 'no host', () => ({
    authority,
    host,
  }));
  demandSame('another host the second time', hostOf(host), host.endsWith('.') ? null : host, { authority });
}

function checkPath(path: string, normal: string | null, keeps: boolean): void {
  if (normal === null) return;
  const tell = (): object => ({ path, normal, keeps });
  demandSame('not the same the second time', normalizePath(normal, keeps), normal, { path });
  demand(/^\/[\x21-\x7e]*$/.test(normal) && !/[\\#?]/.test(normal), 'bytes that end a path', tell);
  // A server that decodes once, or again and again, and resolves afterwards, stays at the same depth.
  for (let text = normal, times = 0; times < 2; times++) {
    // An encoded slash that was kept is one more to be decoded, but only once.
    const segments = text.split(times > 0 ? /[/\\]/ : keeps ? /\/|%2f|%5c/i : '/').slice(1);
    for (const segment of segments) {
      demand(!/^\.{1,2}(?:;|$)/.test(segment), `a dot segment when decoded ${times} times`, tell);
    }
    demand(!segments.slice(0, -1).includes('') || keeps, `an empty segment when decoded ${times} times`, tell);
    text = decodeOnce(text);
  }
  // The parser of browsers and of many services leaves it as it is, but for what it encodes.
  const { pathname } = new URL(`http://a${normal}`);
  demandSame('WHATWG reads another path', decodeOnce(pathname), decodeOnce(normal), { path });
}

function decodeOnce(text: string): string {
  return text.replace(/%([0-9a-f]{2})/gi, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)));
}
