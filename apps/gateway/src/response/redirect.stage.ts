import type { RouteConfig } from '../config/schema/gateway.schema.js';
import { Answer } from '../pipeline/contract/answer.js';
import { fillPath } from '../pipeline/contract/path-template.js';
import type { RequestContext } from '../pipeline/contract/request-context.js';
import type { Stage, StageHooks } from '../pipeline/contract/stage.js';

/** Redirects; the query goes along unless the target has one. */
export class RedirectStage implements Stage {
  readonly name = 'redirect';

  compile({ redirect }: RouteConfig): StageHooks | null {
    if (redirect === undefined) return null;
    const [, origin, path] = /^([a-z][a-z0-9+.-]*:\/\/[^/?#]*)?(.*)$/i.exec(redirect.to) ?? ['', '', redirect.to];
    const mark = path.search(/[?#]/);
    const template = mark < 0 ? path : path.slice(0, mark);
    const rest = mark < 0 ? '' : path.slice(mark);
    const locate = ({ head, params }: RequestContext): string =>
      `${origin ?? ''}${template === '' ? '' : fillPath(template, params)}${rest === '' ? head.query : rest}`;
    return {
      request: (context) => new Answer(redirect.status, ['location', locate(context)]),
      explain: (context) => ({ status: redirect.status, location: locate(context) }),
    };
  }
}
