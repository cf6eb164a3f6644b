import { chooseEncoding } from '../../../apps/gateway/src/response/accept-encoding.js';
import { takesTrailers } from '../../../apps/gateway/src/pipeline/contract/trailer-fields.js';
import { parseByteRange } from '../../../libs/cache/src/core/byte-range.js';
import { parseCacheControl } from '../../../libs/cache/src/core/cache-control.js';
import { formatHttpDate, parseHttpDate } from '../../../libs/cache/src/core/http-date.js';
import { normalizeSelecting, parseVary, selectingValues } from '../../../libs/cache/src/core/vary.js';
import { demand, demandSame, type FuzzTarget } from '../harness/fuzz-target.js';

const NOW = Date.UTC(2026, 0, 1);
const selecting = ['accept', 'accept-encoding', 'accept-language', 'cookie', 'x-a'];

/** Fields that decide what is stored, for whom, and for how long. */
export const cacheFieldsTarget: FuzzTarget = {
  name: 'cache-fields',
  // What a head may have by default (`server.headBytesMax`).
  bytesMax: 16_384,
  seeds: [
    'max-age=60, private="set-cookie, x", stale-while-revalidate=5',
    'no-cache="a;b", must-understand, no-store',
    'Accept, Accept-Encoding',
    'bytes=0-99',
    'bytes=-5',
    'Sun, 06 Nov 1994 08:49:37 GMT',
    'Sunday, 06-Nov-94 08:49:37 GMT',
    'Sun Nov  6 08:49:37 1994',
    'gzip;q=0.5, br, *;q=0',
    'trailers, deflate;q=0.5',
  ].map((text) => Buffer.from(text, 'latin1')),
  dictionary: [
    'max-age=',
    's-maxage=',
    'no-store',
    'no-cache',
    'private',
    'public',
    'immutable',
    'only-if-cached',
    'max-stale',
    '="',
    '"',
    '\\"',
    ',',
    ', ',
    ';q=',
    '*',
    'bytes=',
    '-',
    'GMT',
    'Nov',
    'Sun, ',
    '18446744073709551616',
    '1e9',
    'gzip',
    'br',
    'identity',
    'trailers',
    'accept-encoding',
    'x-gzip',
  ],

  run(input) {
    const text = input
      .toString('latin1')
      .replace(/[^\t\x20-\x7e\x80-\xff]/g, ' ')
      .trim();
    checkCacheControl(text);
    checkVary(text);
    checkRange(text);
    checkDate(text);
    const encoding = chooseEncoding(text, ['zstd', 'br', 'gzip']);
    demand(
      encoding === null || text.toLowerCase().includes(encoding) || text.includes('*'),
      'an encoding that nobody named',
      () => ({
        text,
        encoding,
      }),
    );
    demand(!takesTrailers(text) || /trailers/i.test(text), 'trailers that nobody named', () => ({ text }));
  },
};

function checkCacheControl(text: string): void {
  const found = parseCacheControl(text);
  const tell = (): object => ({ text, found });
  for (const seconds of [
    found.maxAgeS,
    found.sMaxAgeS,
    found.staleWhileRevalidateS,
    found.staleIfErrorS,
    found.minFreshS,
  ]) {
    demand(seconds >= -1 && seconds <= 2_147_483_648 && Number.isInteger(seconds), 'no time', tell);
  }
  // What a list says is said wherever it stands, as long as the list can be read.
  for (const more of [`${text}, no-store`, `no-store, ${text}`]) {
    const both = parseCacheControl(more);
    demand(both.noStore || both.malformed, 'no-store is not heard', () => ({ more, both }));
  }
  const shorter = parseCacheControl(`${text}, max-age=0`);
  demand(shorter.maxAgeS === 0 || shorter.malformed, 'the shorter time is not taken', () => ({ text, shorter }));
  const again = parseCacheControl(`${text}, ${text}`);
  if (!found.malformed)
    demandSame(
      'said twice is something else',
      { ...again, withheld: new Set(again.withheld).size },
      { ...found, withheld: new Set(found.withheld).size },
      { text },
    );
}

function checkVary(text: string): void {
  for (const name of selecting) {
    const normal = normalizeSelecting(name, text);
    demandSame('not the same the second time', normalizeSelecting(name, normal), normal, { name, text });
  }
  // Nothing that one field says can pass for another one.
  const apart = selectingValues(['x-a', 'x-b'], ['x-a', text, 'x-b', 'b']);
  demand(apart !== selectingValues(['x-a', 'x-b'], ['x-a', `${text}b`, 'x-b', '']), 'two are one', () => ({
    text,
    apart,
  }));
  const names = parseVary(text);
  if (names === null) return;
  demandSame('another the second time', parseVary(names.join(', ')), names, { text });
  const order = text.split(',').reverse().join(',');
  demandSame('the order counts', parseVary(order), names, { text });
}

function checkRange(text: string): void {
  for (const bytes of [0, 1, 1_000]) {
    const range = parseByteRange(text, bytes);
    if (typeof range === 'string') continue;
    const { first, last } = range;
    demand(first >= 0 && first <= last && last < bytes, 'outside of the body', () => ({ text, bytes, range }));
  }
}

function checkDate(text: string): void {
  const time = parseHttpDate(text, NOW);
  if (Number.isNaN(time)) return;
  demandSame('another date the second time', parseHttpDate(formatHttpDate(time), NOW), time, { text });
}
