import type { FieldRules, RouteConfig } from '../config/schema/gateway.schema.js';
import { removeField } from '../pipeline/contract/response-head.js';
import type { Stage, StageHooks } from '../pipeline/contract/stage.js';

/** Adds, sets and removes fields of requests and responses, as the route says. */
export class HeaderRulesStage implements Stage {
  readonly name = 'header-rules';

  compile(route: RouteConfig): StageHooks | null {
    const request = compileRules(route.headers.request);
    const response = compileRules(route.headers.response);
    if (request === null && response === null) return null;
    return {
      // Values may be secret, names are not.
      explain: () => ({ request: namesOf(route.headers.request), response: namesOf(route.headers.response) }),
      ...(request === null ? {} : { forward: (_, headers) => request(headers) }),
      ...(response === null ? {} : { response: (_, head) => response(head.headers) }),
    };
  }
}

function compileRules({ add, set, remove }: FieldRules): ((headers: string[]) => void) | null {
  const gone = [...remove, ...Object.keys(set)];
  const written = [...Object.entries(set), ...Object.entries(add)].flat();
  if (gone.length === 0 && written.length === 0) return null;
  return (headers) => {
    for (const name of gone) removeField(headers, name);
    if (written.length > 0) headers.push(...written);
  };
}

function namesOf({ add, set, remove }: FieldRules): Readonly<Record<string, readonly string[]>> {
  return { remove, set: Object.keys(set), add: Object.keys(add) };
}
