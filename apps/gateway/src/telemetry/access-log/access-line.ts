import { jsonText, utcText } from '@app/observability';
import type { RequestContext } from '../../pipeline/contract/request-context.js';
import { REDACTED, type QueryRedactor } from '../query-redactor.js';
import { ERROR, WARN } from './line-level.js';

/** Longer paths and fields are cut, so that a line is bounded. */
const PATH_MAX = 2_048;
const FIELD_MAX = 1_024;
/** What nginx logs for a client that left before it was answered, as the metrics do. */
const CLIENT_GONE = 499;

const fractions = Array.from({ length: 1_000 }, (_, us) =>
  us === 0 ? '' : `.${String(us).padStart(3, '0')}`.replace(/0+$/, ''),
);

/** What of a line the configuration decides. */
export interface LineForm {
  readonly route: string;
  readonly cached: boolean;
  readonly fields: readonly LineField[];
  readonly redactor: QueryRedactor;
}

export interface LineField {
  /** Lower-case. */
  readonly name: string;
  readonly secret: boolean;
}

/** The line of a request, in JSON. What a client can choose goes through jsonText(); the rest is plain by its making. */
export function accessLine(context: RequestContext, form: LineForm, level: number, endedAt: number): string {
  const { head, status, identity, problem } = context;
  const label = level === ERROR ? 'error' : level === WARN ? 'warn' : 'info';
  let line =
    `{"level":"${label}","time":"${utcText(Date.now())}","kind":"request","id":${jsonText(head.id)}` +
    `,"trace":"${head.traceparent.slice(3, 35)}","method":${jsonText(head.method)},"host":${jsonText(head.host)}` +
    `,"path":${jsonText(pathOf(context, form.redactor))},"client":${jsonText(head.clientAddress)}${form.route}`;
  if (identity !== null && identity.tenant !== '') line += `,"tenant":${jsonText(identity.tenant)}`;
  if (context.upstream !== '') line += `,"upstream":${jsonText(context.upstream)}`;
  if (context.target !== '') line += `,"target":${jsonText(context.target)}`;
  line += `,"tries":${context.tries},"status":${status === 0 ? CLIENT_GONE : status}`;
  if (problem !== null) line += `,"problem":${jsonText(problem.type.code)}`;
  line += `,"outcome":"${context.outcome}","bytes":${context.responseBodyBytes}`;
  if (form.fields.length > 0) line += fieldsOf(context, form.fields);
  return `${line},"ms":{${phasesOf(context, form.cached, endedAt)}}}\n`;
}

/** Times in milliseconds, to the microsecond: see docs/observability.md. */
function phasesOf(context: RequestContext, cached: boolean, endedAt: number): string {
  const { startedAt, admittedAt, upstreamAskedAt, upstreamConnectedAt, upstreamAnsweredAt } = context;
  const asked = context.tries > 0;
  let phases = '';
  if (admittedAt > 0) {
    phases = `"admission":${msText(admittedAt - startedAt)},`;
    if (cached) {
      const until = context.cachePassedAt > 0 ? context.cachePassedAt : asked ? upstreamAskedAt : endedAt;
      phases += `"cache":${msText(until - admittedAt)},`;
    }
  }
  if (asked) {
    if (upstreamConnectedAt > 0) phases += `"connect":${msText(upstreamConnectedAt - upstreamAskedAt)},`;
    // An earlier try may have answered, and this one not.
    if (upstreamAnsweredAt >= upstreamAskedAt) phases += `"firstByte":${msText(upstreamAnsweredAt - upstreamAskedAt)},`;
  }
  return `${phases}"total":${msText(endedAt - startedAt)}`;
}

function msText(ms: number): string {
  if (ms <= 0) return '0';
  const us = Math.round(ms * 1_000);
  const whole = Math.floor(us / 1_000);
  return whole + fractions[us - whole * 1_000];
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

function fieldsOf({ head }: RequestContext, fields: readonly LineField[]): string {
  let text = '';
  for (const { name, secret } of fields) {
    const value = head.list(name);
    if (value === '') continue;
    text += `${text === '' ? '' : ','}${jsonText(name)}:${jsonText(secret ? REDACTED : cut(value, FIELD_MAX))}`;
  }
  return `,"fields":{${text}}`;
}

function cut(text: string, max: number): string {
  return text.length <= max ? text : `${text.slice(0, max)}…`;
}
