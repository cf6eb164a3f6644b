import { mayTrail } from '../pipeline/contract/trailer-fields.js';

/** What the edge does with a request field. */
export const enum Action {
  /** It goes on as it came. */
  Pass,
  /** It stays here: hop-by-hop (RFC 9110 section 7.6.1), or a name that only the gateway may speak under. */
  Drop,
  /** It is read first, then decided. */
  Host,
  Connection,
  ContentLength,
  TransferEncoding,
  Expect,
  Upgrade,
  Te,
  Trailer,
  Via,
  XForwardedFor,
  XForwardedProto,
  XForwardedHost,
  Forwarded,
  RequestId,
  Traceparent,
  Tracestate,
  Explain,
}

const known: readonly (readonly [name: string, action: Action])[] = [
  ['host', Action.Host],
  ['connection', Action.Connection],
  ['content-length', Action.ContentLength],
  ['transfer-encoding', Action.TransferEncoding],
  ['expect', Action.Expect],
  ['upgrade', Action.Upgrade],
  ['te', Action.Te],
  ['trailer', Action.Trailer],
  ['via', Action.Via],
  ['x-forwarded-for', Action.XForwardedFor],
  ['x-forwarded-proto', Action.XForwardedProto],
  ['x-forwarded-host', Action.XForwardedHost],
  ['forwarded', Action.Forwarded],
  ['x-request-id', Action.RequestId],
  ['traceparent', Action.Traceparent],
  ['tracestate', Action.Tracestate],
  ['sluice-explain', Action.Explain],
  ['keep-alive', Action.Drop],
  ['proxy-connection', Action.Drop],
  ['proxy-authorization', Action.Drop],
  ['http2-settings', Action.Drop],
  ['x-forwarded-port', Action.Drop],
  ['x-forwarded-server', Action.Drop],
  ['x-forwarded-prefix', Action.Drop],
  ['x-real-ip', Action.Drop],
  ['x-user-id', Action.Drop],
  ['x-tenant-id', Action.Drop],
];

const usual = [
  'Accept',
  'Accept-Encoding',
  'Accept-Language',
  'Authorization',
  'Cache-Control',
  'Content-Type',
  'Cookie',
  'DNT',
  'If-Modified-Since',
  'If-None-Match',
  'Origin',
  'Pragma',
  'Priority',
  'Range',
  'Referer',
  'User-Agent',
  'Sec-CH-UA',
  'Sec-CH-UA-Mobile',
  'Sec-CH-UA-Platform',
  'Sec-Fetch-Dest',
  'Sec-Fetch-Mode',
  'Sec-Fetch-Site',
  'Sec-Fetch-User',
  'Sec-WebSocket-Key',
  'Sec-WebSocket-Version',
  'Upgrade-Insecure-Requests',
  'X-API-Key',
];

/** What cannot stand in the name of a variable: servers that make fields into variables read all of it alike. */
const PUNCTUATION = /[^\da-z]/gi;
const UNUSUAL = /[^\da-z-]/i;

/** Knows what the edge does with each field. One for a configuration. */
export class FieldActions {
  private readonly byName: ReadonlyMap<string, Action>;
  // Spellings that clients use, so that the usual field needs one look-up and no lower-casing. Fixed in size.
  private readonly bySpelling = new Map<string, Action>();

  /** @param reserved names, lower-case, under which only the gateway may speak, beside those that are always so */
  constructor(reserved: readonly string[]) {
    const byName = new Map(known);
    for (const name of reserved.flatMap((each) => [each, meaningOf(each)])) {
      if (!byName.has(name)) byName.set(name, Action.Drop);
    }
    for (const name of usual) {
      this.bySpelling.set(name, Action.Pass);
      this.bySpelling.set(name.toLowerCase(), Action.Pass);
    }
    for (const [name, action] of byName) {
      this.bySpelling.set(name, action);
      this.bySpelling.set(titleCase(name), action);
    }
    this.byName = byName;
  }

  for(name: string): Action {
    return this.bySpelling.get(name) ?? this.byName.get(name.toLowerCase()) ?? this.ofUnknown(name);
  }

  /**
   * Takes from the trailer fields of a request those that may go on. What a client must not say in its head, it must
   * not say behind its body either: some servers merge the two.
   *
   * @param raw fields as they came, flat
   */
  readonly forwardableTrailers = (raw: readonly string[]): string[] => {
    const kept: string[] = [];
    for (let i = 0; i < raw.length; i += 2) {
      if (this.for(raw[i]) === Action.Pass && mayTrail(raw[i])) kept.push(raw[i], raw[i + 1]);
    }
    return kept;
  };

  /** `X_User_ID` is `X-User-ID` for many servers (RFC 3875 section 4.1.18), and must not get past what drops that. */
  private ofUnknown(name: string): Action {
    return UNUSUAL.test(name) && this.byName.has(meaningOf(name)) ? Action.Drop : Action.Pass;
  }
}

function meaningOf(name: string): string {
  return name.toLowerCase().replace(PUNCTUATION, '-');
}

function titleCase(name: string): string {
  return name.replace(/(?:^|-)[a-z]/g, (start) => start.toUpperCase());
}
