/** Directives of a Cache-Control field (RFC 9111 section 5.2, RFC 5861, RFC 8246). Times are seconds, -1 for none. */
export interface CacheControl {
  maxAgeS: number;
  sMaxAgeS: number;
  staleWhileRevalidateS: number;
  staleIfErrorS: number;
  minFreshS: number;
  /** Infinity when any staleness is accepted. */
  maxStaleS: number;
  noStore: boolean;
  /** Without field names, or with ones that cannot be read. */
  noCache: boolean;
  isPrivate: boolean;
  isPublic: boolean;
  mustRevalidate: boolean;
  proxyRevalidate: boolean;
  mustUnderstand: boolean;
  onlyIfCached: boolean;
  /** Fields that `no-cache="…"` and `private="…"` name, lower-case: they may not be stored. */
  withheld: readonly string[];
  /** The field does not follow its grammar: who wants to be safe stores nothing. */
  malformed: boolean;
}

/** What no field at all says. */
export const noDirectives: Readonly<CacheControl> = Object.freeze(blank());

/** RFC 9111 section 1.2.2: a number too large to be held stands for the greatest that can be. */
const SECONDS_MAX = 2_147_483_648;

// RFC 9110 section 5.6.2 and 5.6.4.
const DIRECTIVE =
  /[ \t]*(?:,|([!#$%&'*+.^_`|~\w-]+)(?:=(?:([!#$%&'*+.^_`|~\w-]+)|"((?:[^"\\]|\\[\t\x20-\x7e\x80-\xff])*)"))?[ \t]*(?:,|$)|$)/y;

/**
 * Reads a Cache-Control field, its lines joined. It never throws: what cannot be read makes it `malformed`, a time that
 * is no number counts as 0, and of two that differ the stricter one counts (RFC 9111 section 4.2.1).
 */
export function parseCacheControl(text: string): Readonly<CacheControl> {
  if (text === '') return noDirectives;
  const found = blank();
  let at = 0;
  while (at < text.length) {
    DIRECTIVE.lastIndex = at;
    const match = DIRECTIVE.exec(text);
    if (match === null) {
      found.malformed = true;
      const comma = text.indexOf(',', at);
      if (comma < 0) break;
      at = comma + 1;
      continue;
    }
    at = DIRECTIVE.lastIndex;
    if (match[1] !== undefined) note(found, match[1].toLowerCase(), match[2] ?? match[3]);
    if (match[0] === '') break;
  }
  return found;
}

function note(found: CacheControl, name: string, value: string | undefined): void {
  switch (name) {
    case 'max-age':
      found.maxAgeS = stricter(found.maxAgeS, seconds(value));
      break;
    case 's-maxage':
      found.sMaxAgeS = stricter(found.sMaxAgeS, seconds(value));
      break;
    case 'stale-while-revalidate':
      found.staleWhileRevalidateS = stricter(found.staleWhileRevalidateS, seconds(value));
      break;
    case 'stale-if-error':
      found.staleIfErrorS = stricter(found.staleIfErrorS, seconds(value));
      break;
    case 'min-fresh':
      found.minFreshS = Math.max(found.minFreshS, seconds(value));
      break;
    case 'max-stale':
      found.maxStaleS = stricter(found.maxStaleS, value === undefined ? Infinity : seconds(value));
      break;
    case 'no-store':
      found.noStore = true;
      break;
    case 'no-cache':
      found.noCache = !withhold(found, value) || found.noCache;
      break;
    case 'private':
      found.isPrivate = !withhold(found, value) || found.isPrivate;
      break;
    case 'public':
      found.isPublic = true;
      break;
    case 'must-revalidate':
      found.mustRevalidate = true;
      break;
    case 'proxy-revalidate':
      found.proxyRevalidate = true;
      break;
    case 'must-understand':
      found.mustUnderstand = true;
      break;
    case 'only-if-cached':
      found.onlyIfCached = true;
      break;
  }
}

/** @returns false when the directive names no fields, and so is about the whole response */
function withhold(found: CacheControl, value: string | undefined): boolean {
  const names = (value ?? '')
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  if (names.length === 0 || !names.every((name) => /^[!#$%&'*+.^_`|~\w-]+$/.test(name))) return false;
  found.withheld = [...found.withheld, ...names];
  return true;
}

function seconds(value: string | undefined): number {
  return value !== undefined && /^\d+$/.test(value) ? Math.min(Number(value), SECONDS_MAX) : 0;
}

function stricter(before: number, now: number): number {
  return before < 0 ? now : Math.min(before, now);
}

function blank(): CacheControl {
  return {
    maxAgeS: -1,
    sMaxAgeS: -1,
    staleWhileRevalidateS: -1,
    staleIfErrorS: -1,
    minFreshS: -1,
    maxStaleS: -1,
    noStore: false,
    noCache: false,
    isPrivate: false,
    isPublic: false,
    mustRevalidate: false,
    proxyRevalidate: false,
    mustUnderstand: false,
    onlyIfCached: false,
    withheld: [],
    malformed: false,
  };
}
