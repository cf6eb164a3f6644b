import { jsonText, literal, type LineBytes } from '@app/observability';
import type { Outcome, RequestContext } from '../../pipeline/contract/request-context.js';
import { REDACTED, type QueryRedactor } from '../query-redactor.js';
import { ERROR, WARN } from './line-level.js';

/** Longer paths and fields are cut, so that a line is bounded. */
const PATH_MAX = 2_048;
const FIELD_MAX = 1_024;
/** What nginx logs for a client that left before it was answered, as the metrics do. */
const CLIENT_GONE = 499;
/** Where a traceparent has the id of its trace (W3C Trace Context, section 3.2). */
const TRACE_FROM = 3;
const TRACE_TO = 35;

const beginning = (level: string): Uint8Array => literal(`{"level":"${level}","time":"`);
const INFO_BEGINS = beginning('info');
const WARN_BEGINS = beginning('warn');
const ERROR_BEGINS = beginning('error');
const ID = literal('","kind":"request","id":');
const TRACE = literal(',"trace":"');
const METHOD = literal('","method":');
const HOST = literal(',"host":');
const PATH = literal(',"path":');
const CLIENT = literal(',"client":');
const TENANT = literal(',"tenant":');
const UPSTREAM = literal(',"upstream":');
const TARGET = literal(',"target":');
const TRIES = literal(',"tries":');
const STATUS = literal(',"status":');
const PROBLEM = literal(',"problem":');
const OUTCOMES: Readonly<Record<Outcome, Uint8Array>> = {
  pending: outcome('pending'),
  completed: outcome('completed'),
  'client-gone': outcome('client-gone'),
  cut: outcome('cut'),
};
const FIELDS = literal(',"fields":{');
const FIELDS_END = literal('}');
const TIMES = literal(',"ms":{');
const ADMISSION = literal('"admission":');
const CACHE = literal(',"cache":');
const CONNECT = literal('"connect":');
const FIRST_BYTE = literal('"firstByte":');
const TOTAL = literal('"total":');
const COMMA = literal(',');
const END = literal('}}\n');

function outcome(name: Outcome): Uint8Array {
  return literal(`,"outcome":"${name}","bytes":`);
}

/** What of a line the configuration decides. */
export interface LineForm {
  /** `,"route":"…"` */
  readonly route: Uint8Array;
  readonly cached: boolean;
  readonly fields: readonly LineField[];
  readonly redactor: QueryRedactor;
}

export interface LineField {
  /** Lower-case. */
  readonly name: string;
  /** The name in JSON, with its colon. */
  readonly key: Uint8Array;
  readonly secret: boolean;
}

/** The form of a field: its value is replaced when it is a secret. */
export function lineField(name: string, secret: boolean): LineField {
  return { name, key: literal(`${jsonText(name)}:`), secret };
}

/** The line of a request, in JSON. What a client can choose goes through json(); the rest is plain by its making. */
export function accessLine(context: RequestContext, form: LineForm, level: number, line: LineBytes): void {
  const { head, status, identity, problem } = context;
  line.clear();
  line.put(level === ERROR ? ERROR_BEGINS : level === WARN ? WARN_BEGINS : INFO_BEGINS);
  line.utc(Date.now());
  line.put(ID);
  line.json(head.id);
  line.put(TRACE);
  line.slice(head.traceparent, TRACE_FROM, TRACE_TO);
  line.put(METHOD);
  line.json(head.method);
  line.put(HOST);
  line.json(head.host);
  line.put(PATH);
  line.json(pathOf(context, form.redactor));
  line.put(CLIENT);
  line.json(head.clientAddress);
  line.put(form.route);
  if (identity !== null && identity.tenant !== '') {
    line.put(TENANT);
    line.json(identity.tenant);
  }
  if (context.upstream !== '') {
    line.put(UPSTREAM);
    line.json(context.upstream);
  }
  if (context.target !== '') {
    line.put(TARGET);
    line.json(context.target);
  }
  line.put(TRIES);
  line.whole(context.tries);
  line.put(STATUS);
  line.whole(status === 0 ? CLIENT_GONE : status);
  if (problem !== null) {
    line.put(PROBLEM);
    line.json(problem.type.code);
  }
  line.put(OUTCOMES[context.outcome]);
  line.whole(context.responseBodyBytes);
  if (form.fields.length > 0) putFields(line, context, form.fields);
  line.put(TIMES);
  putTimes(line, context, form.cached);
  line.put(END);
}

/** Times in milliseconds, to the microsecond: see docs/observability.md. */
function putTimes(line: LineBytes, context: RequestContext, cached: boolean): void {
  const { startedAt, endedAt, admittedAt, upstreamAskedAt, upstreamConnectedAt, upstreamAnsweredAt } = context;
  const asked = context.tries > 0;
  if (admittedAt > 0) {
    putTime(line, ADMISSION, admittedAt - startedAt);
    if (cached) {
      const until = context.cachePassedAt > 0 ? context.cachePassedAt : asked ? upstreamAskedAt : endedAt;
      putTime(line, CACHE, until - admittedAt);
    }
    line.put(COMMA);
  }
  if (asked) {
    if (upstreamConnectedAt > 0) {
      putTime(line, CONNECT, upstreamConnectedAt - upstreamAskedAt);
      line.put(COMMA);
    }
    // An earlier try may have answered, and this one not.
    if (upstreamAnsweredAt >= upstreamAskedAt) {
      putTime(line, FIRST_BYTE, upstreamAnsweredAt - upstreamAskedAt);
      line.put(COMMA);
    }
  }
  putTime(line, TOTAL, endedAt - startedAt);
}

function putTime(line: LineBytes, key: Uint8Array, ms: number): void {
  line.put(key);
  line.thousandths(ms <= 0 ? 0 : Math.round(ms * 1_000));
}

function pathOf({ head, request }: RequestContext, redactor: QueryRedactor): string {
  // A head that was refused may have no path yet: then as it came.
  if (head.path === '') return rawTarget(request.url ?? '', redactor);
  const path = head.query === '' ? head.path : head.path + redactor.redact(cut(head.query, PATH_MAX));
  return cut(path, PATH_MAX);
}

function rawTarget(url: string, redactor: QueryRedactor): string {
  // A target in absolute form may name a user, with a password.
  const bounded = cut(url, PATH_MAX).replace(/^([a-z][a-z0-9+.-]*:)?\/\/[^/?#]*@/i, '$1//');
  const query = bounded.indexOf('?');
  return query < 0 ? bounded : bounded.slice(0, query) + redactor.redact(bounded.slice(query));
}

function putFields(line: LineBytes, { head }: RequestContext, fields: readonly LineField[]): void {
  line.put(FIELDS);
  let first = true;
  for (const { name, key, secret } of fields) {
    const value = head.list(name);
    if (value === '') continue;
    if (!first) line.put(COMMA);
    first = false;
    line.put(key);
    line.json(secret ? REDACTED : cut(value, FIELD_MAX));
  }
  line.put(FIELDS_END);
}

function cut(text: string, max: number): string {
  return text.length <= max ? text : `${text.slice(0, max)}…`;
}
