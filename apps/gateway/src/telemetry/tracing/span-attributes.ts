import type { Attributes } from '@opentelemetry/api';
import {
  ATTR_CLIENT_ADDRESS,
  ATTR_ERROR_TYPE,
  ATTR_HTTP_REQUEST_METHOD,
  ATTR_HTTP_REQUEST_METHOD_ORIGINAL,
  ATTR_HTTP_REQUEST_RESEND_COUNT,
  ATTR_HTTP_RESPONSE_STATUS_CODE,
  ATTR_HTTP_ROUTE,
  ATTR_NETWORK_PROTOCOL_VERSION,
  ATTR_SERVER_ADDRESS,
  ATTR_SERVER_PORT,
  ATTR_URL_FULL,
  ATTR_URL_PATH,
  ATTR_URL_QUERY,
  ATTR_URL_SCHEME,
  ATTR_USER_AGENT_ORIGINAL,
} from '@opentelemetry/semantic-conventions';
import type { RequestContext } from '../../pipeline/contract/request-context.js';
import type { QueryRedactor } from '../query-redactor.js';

/** Methods that may stand in a span's name; others are `_OTHER` there (HTTP semantic conventions). */
const METHODS: ReadonlySet<string> = new Set([
  'CONNECT',
  'DELETE',
  'GET',
  'HEAD',
  'OPTIONS',
  'PATCH',
  'POST',
  'PUT',
  'QUERY',
  'TRACE',
]);
const OTHER = '_OTHER';
/** Id of the route of requests that have none. */
const NO_ROUTE = '-';

/** What is known of a request when its span begins. */
export function serverAttributes({ head, request, route }: RequestContext, redactor: QueryRedactor): Attributes {
  const port = /:(\d{1,5})$/.exec(head.authority)?.[1];
  return {
    ...methodAttributes(head.method),
    ...(route.id === NO_ROUTE ? {} : { [ATTR_HTTP_ROUTE]: route.id }),
    [ATTR_URL_SCHEME]: head.scheme,
    [ATTR_URL_PATH]: head.path,
    ...(head.query === '' ? {} : { [ATTR_URL_QUERY]: redactor.redact(head.query).slice(1) }),
    [ATTR_SERVER_ADDRESS]: head.host,
    ...(port === undefined ? {} : { [ATTR_SERVER_PORT]: Number(port) }),
    [ATTR_CLIENT_ADDRESS]: head.clientAddress,
    [ATTR_NETWORK_PROTOCOL_VERSION]: request.httpVersion,
    [ATTR_USER_AGENT_ORIGINAL]: head.field('user-agent'),
    'sluice.request_id': head.id,
  };
}

/** What the end of a request adds. */
export function endAttributes(context: RequestContext): Attributes {
  const { status, problem, identity, outcome } = context;
  const failed = status >= 500 || outcome === 'cut';
  return {
    [ATTR_HTTP_RESPONSE_STATUS_CODE]: status === 0 ? undefined : status,
    [ATTR_ERROR_TYPE]: failed ? (problem?.type.code ?? (outcome === 'cut' ? outcome : String(status))) : undefined,
    'sluice.outcome': outcome,
    'sluice.problem': problem?.type.code,
    'sluice.tenant': identity === null || identity.tenant === '' ? undefined : identity.tenant,
    'sluice.response_body_bytes': context.responseBodyBytes,
    'sluice.tries': context.tries,
  };
}

/** What is known of a try when it begins: without its path where the route gives the upstream another one. */
export function tryAttributes(context: RequestContext, redactor: QueryRedactor): Attributes {
  const { head, route, target, tries, upstream } = context;
  const { hostname, port, protocol } = new URL(target);
  return {
    ...methodAttributes(head.method),
    ...(route.config.rewrite === undefined
      ? { [ATTR_URL_FULL]: target + head.path + redactor.redact(head.query) }
      : {}),
    [ATTR_SERVER_ADDRESS]: hostname,
    [ATTR_SERVER_PORT]: port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port),
    ...(tries > 1 ? { [ATTR_HTTP_REQUEST_RESEND_COUNT]: tries - 1 } : {}),
    'sluice.upstream': upstream,
  };
}

/** What the response head of an upstream adds to its try. */
export function answerAttributes(status: number): Attributes {
  return {
    [ATTR_HTTP_RESPONSE_STATUS_CODE]: status,
    [ATTR_ERROR_TYPE]: status >= 400 ? String(status) : undefined,
  };
}

/** @param type stable name of what went wrong */
export function errorAttributes(type: string): Attributes {
  return { [ATTR_ERROR_TYPE]: type };
}

/** A method as spans name it: a client must not be able to invent names. */
export function methodName(method: string): string {
  return METHODS.has(method) ? method : OTHER;
}

function methodAttributes(method: string): Attributes {
  if (METHODS.has(method)) return { [ATTR_HTTP_REQUEST_METHOD]: method };
  return { [ATTR_HTTP_REQUEST_METHOD]: OTHER, [ATTR_HTTP_REQUEST_METHOD_ORIGINAL]: method };
}
