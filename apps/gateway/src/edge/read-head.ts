import type { IncomingMessage } from 'node:http';
import type { AddressSet } from '../pipeline/contract/address-set.js';
import { RequestHead } from '../pipeline/contract/request-head.js';
import { removeField } from '../pipeline/contract/response-head.js';
import { takesTrailers } from '../pipeline/contract/trailer-fields.js';
import { Problem } from '../problems/problem.js';
import { problems } from '../problems/registry.js';
import { hostOf } from './authority.js';
import type { Connection } from './connection.js';
import { Action, type FieldActions } from './field-actions.js';
import { clientOf, forParameter, forwardedChain } from './forwarded-chain.js';
import { normalizePath } from './normalize-path.js';
import { isRequestId, newRequestId } from './request-id.js';
import { isTraceparent, newTraceparent } from './traceparent.js';
import { readTarget } from './read-target.js';

export interface EdgeSettings {
  /** Pseudonym in Via. */
  readonly viaName: string;
  /** Hops whose word about the client is believed. */
  readonly trust: AddressSet;
  readonly actions: FieldActions;
  readonly keepEncodedSlash: boolean;
  readonly headBytesMax: number;
}

/**
 * Reads the head of a request in one pass over its fields. The head is filled in also when a problem is found, as far
 * as it was read, so that a refusal can be told apart in logs.
 *
 * @returns the problem that refuses the request, or null
 */
export function readHead(
  request: IncomingMessage,
  connection: Connection,
  settings: EdgeSettings,
  head: RequestHead,
): Problem | null {
  const { actions } = settings;
  const raw = head.raw;
  const fields = head.fields;
  let authority = '';
  let hosts = 0;
  let via = '';
  let te = '';
  let nominated = '';
  let upgrades = false;
  let coding = '';
  let lengths = 0;
  let expectation = '';
  let xff = '';
  let xfProto = '';
  let xfHost = '';
  let forwarded = '';
  let id = '';
  let tracestate = '';

  head.method = request.method ?? '';
  head.scheme = connection.scheme;
  head.clientAddress = connection.peer;

  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i];
    const value = raw[i + 1];
    switch (actions.for(name)) {
      case Action.Pass:
        fields.push(name, value);
        break;
      case Action.Drop:
        break;
      case Action.Host:
        authority = value;
        hosts++;
        break;
      case Action.Connection:
        if (value !== 'keep-alive' && value !== 'close') {
          nominated = nominated === '' ? value : `${nominated},${value}`;
        }
        break;
      case Action.ContentLength:
        lengths++;
        head.contentLength = Number(value);
        break;
      case Action.TransferEncoding:
        coding = coding === '' ? value : `${coding}, ${value}`;
        head.chunked = true;
        break;
      case Action.Expect:
        expectation = expectation === '' ? value : `${expectation}, ${value}`;
        break;
      case Action.Upgrade:
        head.upgrade = value.toLowerCase();
        break;
      case Action.Te:
        te = value;
        break;
      case Action.Trailer:
        head.trailers = actions.forwardableTrailers;
        fields.push(name, value);
        break;
      case Action.Via:
        via = via === '' ? value : `${via}, ${value}`;
        break;
      case Action.XForwardedFor:
        xff = xff === '' ? value : `${xff}, ${value}`;
        break;
      case Action.XForwardedProto:
        xfProto = value;
        break;
      case Action.XForwardedHost:
        xfHost = value;
        break;
      case Action.Forwarded:
        forwarded = forwarded === '' ? value : `${forwarded}, ${value}`;
        break;
      case Action.RequestId:
        id = value;
        break;
      case Action.Traceparent:
        head.traceparent = head.traceparent === '' && isTraceparent(value) ? value : 'invalid';
        break;
      case Action.Explain:
        head.explain = value;
        break;
      case Action.Tracestate:
        tracestate = tracestate === '' ? value : `${tracestate},${value}`;
        break;
    }
  }

  head.id = id !== '' && connection.trusted && isRequestId(id) ? id : newRequestId();
  // The state of a trace that we do not continue must not go on (W3C Trace Context, section 4.2).
  if (head.traceparent === '' || head.traceparent === 'invalid') head.traceparent = newTraceparent();
  else {
    head.traceContinued = true;
    if (tracestate !== '') fields.push('tracestate', tracestate);
  }

  // The parser also lets 0.9 and 2.0 pass, with the fields of 1.1.
  if (request.httpVersionMajor !== 1) return new Problem(problems.versionNotSupported);
  if (raw.length > USUAL_FIELDS * 2 && headBytes(request) > settings.headBytesMax) {
    return new Problem(problems.headTooLarge);
  }
  // RFC 9112 section 3.2: no, several or malformed Host fields are refused.
  if (hosts !== 1 && !(hosts === 0 && request.httpVersionMinor === 0)) return new Problem(problems.malformedHost);
  const target = readTarget(request.url ?? '', head.method);
  if (target === null) return new Problem(problems.malformedRequest);
  if (target.authority !== '') {
    // It counts, but Host has to be one all the same.
    if (hosts === 1 && hostOf(authority) === null) return new Problem(problems.malformedHost);
    authority = target.authority;
  }
  if (hosts === 1 || target.authority !== '') {
    if (connection.authority !== authority) {
      const host = hostOf(authority);
      if (host === null) return new Problem(problems.malformedHost);
      connection.authority = authority;
      connection.host = host;
    }
    head.authority = authority;
    head.host = connection.host;
  }
  head.query = target.query;
  const path = target.path === '*' ? '*' : normalizePath(target.path, settings.keepEncodedSlash);
  if (path === null) return new Problem(problems.malformedPath);
  head.path = path;

  if (coding !== '') {
    // RFC 9112 sections 6.1 and 6.3: a coding that we do not undo cannot be forwarded, and old clients cannot chunk.
    if (coding.toLowerCase() !== 'chunked') return new Problem(problems.transferCodingNotImplemented);
    if (request.httpVersionMinor === 0 || lengths > 0) return new Problem(problems.malformedRequest);
  }
  if (lengths > 1 || (lengths === 1 && !Number.isSafeInteger(head.contentLength))) {
    return new Problem(problems.malformedRequest);
  }
  if (head.trailers !== null && !head.chunked) {
    // Nothing can follow such a body (RFC 9112 section 7.1.2), and a client that announces it could not be sent on.
    head.trailers = null;
    removeField(fields, 'trailer');
  }
  // RFC 9110 section 10.1.1; HTTP/1.0 has no expectations.
  if (expectation !== '' && request.httpVersionMinor > 0) {
    if (expectation.toLowerCase() !== '100-continue') return new Problem(problems.expectationFailed);
    head.expectsContinue = true;
  }

  if (nominated !== '') upgrades = dropNominated(fields, nominated);
  if (!upgrades) head.upgrade = '';
  if (te !== '' && takesTrailers(te)) fields.push('te', 'trailers');

  const protocol = request.httpVersionMinor === 0 ? '1.0' : '1.1';
  if (via !== '') {
    if (namesUs(via, settings.viaName)) return new Problem(problems.loop);
    fields.push('via', `${via}, ${protocol} ${settings.viaName}`);
  } else fields.push('via', `${protocol} ${settings.viaName}`);

  if (connection.trusted) {
    writeTrusted(head, connection, settings.trust, xff, xfProto, xfHost, forwarded);
  } else {
    const own = connection.directForwardedFields(head.authority);
    fields.push(own[0], own[1], own[2], own[3], own[4], own[5], own[6], own[7]);
  }
  fields.push('x-request-id', head.id, 'traceparent', head.traceparent);
  return null;
}

/** The parser counts names and values alone: what stands between them matters only when there are many. */
const USUAL_FIELDS = 100;

function headBytes({ url = '', rawHeaders }: IncomingMessage): number {
  let bytes = url.length;
  for (let i = 0; i < rawHeaders.length; i++) bytes += rawHeaders[i].length + 2;
  return bytes;
}

/** Removes the fields that Connection nominates (RFC 9110 section 7.6.1). @returns true when `upgrade` is among them */
function dropNominated(fields: string[], nominated: string): boolean {
  // One pass over the fields, however many are nominated.
  const names = new Set(
    nominated
      .toLowerCase()
      .split(',')
      .map((token) => token.trim()),
  );
  const upgrades = names.delete('upgrade');
  names.delete('close');
  let kept = 0;
  for (let i = 0; i < fields.length; i += 2) {
    if (names.has(fields[i].toLowerCase())) continue;
    fields[kept] = fields[i];
    fields[kept + 1] = fields[i + 1];
    kept += 2;
  }
  fields.length = kept;
  return upgrades;
}

function namesUs(via: string, name: string): boolean {
  return via.split(',').some((hop) => hop.trim().split(/\s+/)[1] === name);
}

/** Continues what a trusted hop has written, and believes what it says about the client. */
function writeTrusted(
  head: RequestHead,
  connection: Connection,
  trust: AddressSet,
  xff: string,
  xfProto: string,
  xfHost: string,
  forwarded: string,
): void {
  const chain = forwardedChain(xff, forwarded);
  head.clientAddress = clientOf(chain, connection.peer, (address) => trust.has(address));
  const proto = xfProto.toLowerCase();
  if (proto === 'https' || proto === 'http') head.scheme = proto;
  const addresses = chain.map((address) => (address === '' ? 'unknown' : address));
  const host = xfHost !== '' && hostOf(xfHost) !== null ? xfHost : head.authority;
  const earlier = chain.map(forParameter);
  head.fields.push(
    'x-forwarded-for',
    [...addresses, connection.peer].join(', '),
    'x-forwarded-proto',
    head.scheme,
    'x-forwarded-host',
    host,
    'forwarded',
    [...earlier, `${forParameter(connection.peer)};host="${host}";proto=${head.scheme}`].join(', '),
  );
}
