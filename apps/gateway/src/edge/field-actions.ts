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
}

const byName = new Map<string, Action>([
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
]);

const usual = [
  'Accept',
  'Accept-Encoding',
  'Accept-Language',
  'Authorization',
  'Cache-Control',
  'Content-Type',
  'Cookie',
  'If-Modified-Since',
  'If-None-Match',
  'Origin',
  'Range',
  'Referer',
  'User-Agent',
  'Sec-WebSocket-Key',
  'Sec-WebSocket-Version',
];

// Spellings that clients use, so that the usual field needs one look-up and no lower-casing. Fixed in size.
const bySpelling = new Map<string, Action>();
for (const [name, action] of byName) {
  bySpelling.set(name, action);
  bySpelling.set(titleCase(name), action);
}
for (const name of usual) {
  bySpelling.set(name, Action.Pass);
  bySpelling.set(name.toLowerCase(), Action.Pass);
}

export function actionFor(name: string): Action {
  return bySpelling.get(name) ?? byName.get(name.toLowerCase()) ?? Action.Pass;
}

function titleCase(name: string): string {
  return name.replace(/(?:^|-)[a-z]/g, (start) => start.toUpperCase());
}
