import type { RouteConfig } from '../config/schema/gateway.schema.js';
import { Answer } from '../pipeline/contract/answer.js';
import type { RequestContext } from '../pipeline/contract/request-context.js';
import { removeField, type ResponseHead } from '../pipeline/contract/response-head.js';
import type { Stage, StageHooks } from '../pipeline/contract/stage.js';

type CorsConfig = NonNullable<RouteConfig['cors']>;

/** Cross-origin resource sharing (Fetch standard, section 3.2). Preflights are answered here. */
export class CorsStage implements Stage {
  readonly name = 'cors';

  compile(route: RouteConfig): StageHooks | null {
    const { cors } = route;
    if (cors === undefined) return null;
    const allows = compileOrigins(cors.origins);
    const methods = allowedMethods(cors, route);
    return {
      request(context) {
        return isPreflight(context) ? answerPreflight(context, cors, methods) : undefined;
      },
      explain(context) {
        const origin = context.head.field('origin') ?? null;
        return { ...cors, origin, allowed: origin === null ? null : allows(origin), preflight: isPreflight(context) };
      },
      response(context, head) {
        writeFields(context, head, cors, allows);
      },
    };
  }
}

function isPreflight({ head }: RequestContext): boolean {
  return (
    head.method === 'OPTIONS' &&
    head.field('origin') !== undefined &&
    head.field('access-control-request-method') !== undefined
  );
}

function allowedMethods(cors: CorsConfig, route: RouteConfig): readonly string[] {
  const methods = cors.methods.length > 0 ? cors.methods : route.match.methods;
  return methods.includes('GET') ? [...new Set([...methods, 'HEAD'])] : methods;
}

/** The origin itself is judged where every reply is: a browser refuses a preflight that does not name it. */
function answerPreflight({ head }: RequestContext, cors: CorsConfig, methods: readonly string[]): Answer {
  const asked = head.field('access-control-request-method') ?? '';
  const askedHeaders = head.field('access-control-request-headers');
  const reflects = cors.headers.length === 0;
  const dependsOn = `Access-Control-Request-Method${reflects ? ', Access-Control-Request-Headers' : ''}`;
  const headers = ['access-control-max-age', String(cors.maxAgeS), 'vary', dependsOn];
  headers.push('access-control-allow-methods', methods.length > 0 ? methods.join(', ') : asked);
  const allowed = reflects ? askedHeaders : cors.headers.join(', ');
  if (allowed !== undefined) headers.push('access-control-allow-headers', allowed);
  return new Answer(204, headers);
}

function writeFields(
  { head: request }: RequestContext,
  head: ResponseHead,
  cors: CorsConfig,
  allows: (origin: string) => boolean,
): void {
  const { headers } = head;
  // What the upstream says about origins would contradict us.
  for (const name of ['access-control-allow-origin', 'access-control-allow-credentials']) removeField(headers, name);
  const any = cors.origins.includes('*');
  if (!any) headers.push('vary', 'Origin');
  const origin = request.field('origin');
  if (origin === undefined || !allows(origin)) return;
  headers.push('access-control-allow-origin', any ? '*' : origin);
  if (cors.credentials) headers.push('access-control-allow-credentials', 'true');
  if (cors.exposedHeaders.length > 0) {
    removeField(headers, 'access-control-expose-headers');
    headers.push('access-control-expose-headers', cors.exposedHeaders.join(', '));
  }
}

/** `https://*.example.com` stands for every host below example.com, with that scheme and port. */
function compileOrigins(origins: readonly string[]): (origin: string) => boolean {
  if (origins.includes('*')) return () => true;
  const exact = new Set(origins.filter((origin) => !origin.includes('*')));
  const patterns = origins
    .filter((origin) => origin.includes('*'))
    .map((origin) => {
      const [before, after] = origin.split('*', 2);
      return (candidate: string) =>
        candidate.length > before.length + after.length &&
        candidate.startsWith(before) &&
        candidate.endsWith(after) &&
        /^[a-z0-9.-]+$/i.test(candidate.slice(before.length, candidate.length - after.length));
    });
  return (origin) => exact.has(origin) || patterns.some((matches) => matches(origin));
}
