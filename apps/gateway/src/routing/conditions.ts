import type { MatchCondition, RouteConfig } from '../config/schema/gateway.schema.js';
import type { RequestHead } from '../pipeline/contract/request-head.js';

export type HeadTest = (head: RequestHead) => boolean;

/** Compiles the header and query conditions of a route; null when it has none. */
export function compileConditions(match: RouteConfig['match']): HeadTest | null {
  const tests: HeadTest[] = [];
  for (const [name, condition] of Object.entries(match.headers)) {
    const test = compileCondition(condition);
    tests.push((head) => test(allValues(head, name)));
  }
  const parameters = Object.entries(match.query).map(
    ([name, condition]) => [name, compileCondition(condition)] as const,
  );
  if (parameters.length > 0) {
    tests.push((head) => {
      const query = new URLSearchParams(head.query);
      return parameters.every(([name, test]) => test(query.getAll(name)));
    });
  }
  if (tests.length === 0) return null;
  return (head) => tests.every((test) => test(head));
}

/** True when no request can meet both sets of conditions, because one field or parameter would need two values. */
export function excludeEachOther(a: RouteConfig['match'], b: RouteConfig['match']): boolean {
  return conflicting(a.headers, b.headers) || conflicting(a.query, b.query);
}

function conflicting(a: Record<string, MatchCondition>, b: Record<string, MatchCondition>): boolean {
  return Object.keys(a).some((name) => Object.hasOwn(b, name) && disjoint(normal(a[name]), normal(b[name])));
}

type Normal = { exact?: string; prefix?: string; present?: boolean };

function normal(condition: MatchCondition): Normal {
  return typeof condition === 'string' ? { exact: condition } : condition;
}

function disjoint(a: Normal, b: Normal): boolean {
  if (a.present === false || b.present === false) return a.present !== b.present;
  if (a.exact !== undefined && b.exact !== undefined) return a.exact !== b.exact;
  if (a.exact !== undefined && b.prefix !== undefined) return !a.exact.startsWith(b.prefix);
  if (a.prefix !== undefined && b.exact !== undefined) return !b.exact.startsWith(a.prefix);
  if (a.prefix !== undefined && b.prefix !== undefined) {
    return !a.prefix.startsWith(b.prefix) && !b.prefix.startsWith(a.prefix);
  }
  return false;
}

/** Of several values the first decides, as it does for most servers. */
function compileCondition(condition: MatchCondition): (values: readonly string[]) => boolean {
  const { exact, prefix, present } = normal(condition);
  if (exact !== undefined) return (values) => values[0] === exact;
  if (prefix !== undefined) return (values) => values.length > 0 && values[0].startsWith(prefix);
  return (values) => values.length > 0 === present;
}

function allValues(head: RequestHead, name: string): string[] {
  // Only what goes on counts: a condition must not hang on a field that the upstream never sees.
  const values: string[] = [];
  for (let i = 0; i < head.fields.length; i += 2) {
    if (head.fields[i].length === name.length && head.fields[i].toLowerCase() === name) values.push(head.fields[i + 1]);
  }
  return values;
}
