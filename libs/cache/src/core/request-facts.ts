import { noDirectives, parseCacheControl, type CacheControl } from './cache-control.js';
import type { FieldList } from './field-list.js';

/** What the fields of a request say to a cache. */
export interface RequestFacts {
  control: Readonly<CacheControl>;
  /** Authorization or Cookie: the response may be meant for one person. */
  credentials: boolean;
  /** If-None-Match or If-Modified-Since. */
  conditional: boolean;
  range: boolean;
  /** A field that only the upstream can judge, or by which some servers answer another request than this one. */
  opaque: boolean;
}

/** Reads the fields of a request in one pass. Nearly all names are passed over by their length alone. */
export function readRequestFacts(fields: FieldList): RequestFacts {
  const facts = { control: noDirectives, credentials: false, conditional: false, range: false, opaque: false };
  let control = '';
  let pragma = false;
  for (let i = 0; i < fields.length; i += 2) {
    const name = fields[i];
    switch (name.length) {
      case 5:
      case 6:
      case 8:
      case 13:
      case 14:
      case 17:
      case 19:
      case 22:
        break;
      default:
        continue;
    }
    switch (name.toLowerCase()) {
      case 'cache-control':
        control = control === '' ? fields[i + 1] : `${control}, ${fields[i + 1]}`;
        break;
      case 'pragma':
        pragma = fields[i + 1].toLowerCase().includes('no-cache');
        break;
      case 'authorization':
      case 'cookie':
        facts.credentials = true;
        break;
      case 'if-none-match':
      case 'if-modified-since':
        facts.conditional = true;
        break;
      case 'range':
        facts.range = true;
        break;
      case 'if-match':
      case 'if-unmodified-since':
      case 'x-http-method':
      case 'x-method-override':
      case 'x-http-method-override':
      case 'x-original-url':
      case 'x-rewrite-url':
        facts.opaque = true;
        break;
    }
  }
  if (control !== '') facts.control = parseCacheControl(control);
  // RFC 9111 section 5.4: it counts only where Cache-Control is missing.
  else if (pragma) facts.control = reload;
  return facts;
}

const reload = parseCacheControl('no-cache');
