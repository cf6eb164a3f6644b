import type { RequestHead } from '../pipeline/contract/request-head.js';
import type { HeadTest } from './conditions.js';
import type { PathPattern } from './path-pattern.js';

/** A route at the end of its path. */
export interface Candidate<T> {
  readonly value: T;
  /** null takes every method. */
  readonly methods: ReadonlySet<string> | null;
  readonly test: HeadTest | null;
  /** More conditions are more specific, then a list of methods, then the priority decides. */
  readonly conditions: number;
  readonly priority: number;
}

class Node<T> {
  readonly statics = new Map<string, Node<T>>();
  parameter: Node<T> | null = null;
  /** Routes that end exactly here. */
  readonly exact: Candidate<T>[] = [];
  /** Routes that take this and everything below. */
  readonly tail: Candidate<T>[] = [];
}

/**
 * The routes of one host, by path segments. Static beats parameter beats tail, at the first segment where they differ;
 * when the more specific branch leads nowhere the walk comes back. The cost is that of the path's depth, however many
 * routes there are.
 */
export class RouteTree<T> {
  private readonly root = new Node<T>();

  add(pattern: PathPattern, candidate: Candidate<T>): void {
    let node = this.root;
    for (const segment of pattern.segments) {
      if ('text' in segment) {
        let next = node.statics.get(segment.text);
        if (next === undefined) node.statics.set(segment.text, (next = new Node<T>()));
        node = next;
      } else node = node.parameter ??= new Node<T>();
    }
    const list = pattern.tail ? node.tail : node.exact;
    list.push(candidate);
    list.sort(bySpecificity);
  }

  find(head: RequestHead, method: string): T | null {
    return walk(this.root, head.path, 1, head, method, null);
  }

  /** Adds the methods that some route takes at this path, for Allow. */
  collectMethods(head: RequestHead, into: Set<string>): void {
    walk(this.root, head.path, 1, head, '', into);
  }
}

function bySpecificity<T>(a: Candidate<T>, b: Candidate<T>): number {
  return (
    b.conditions - a.conditions || Number(b.methods !== null) - Number(a.methods !== null) || b.priority - a.priority
  );
}

/** `start` is where the next segment begins; past the end when there is none. */
function walk<T>(
  node: Node<T>,
  path: string,
  start: number,
  head: RequestHead,
  method: string,
  collect: Set<string> | null,
): T | null {
  if (start >= path.length && (start > path.length || path.length === 1)) {
    return pick(node.exact, head, method, collect) ?? pick(node.tail, head, method, collect);
  }
  let end = path.indexOf('/', start);
  if (end < 0) end = path.length;
  const next = node.statics.size > 0 ? node.statics.get(path.slice(start, end)) : undefined;
  if (next !== undefined) {
    const found = walk(next, path, end + 1, head, method, collect);
    if (found !== null) return found;
  }
  if (node.parameter !== null && end > start) {
    const found = walk(node.parameter, path, end + 1, head, method, collect);
    if (found !== null) return found;
  }
  return pick(node.tail, head, method, collect);
}

function pick<T>(
  candidates: readonly Candidate<T>[],
  head: RequestHead,
  method: string,
  collect: Set<string> | null,
): T | null {
  for (let i = 0; i < candidates.length; i++) {
    const candidate = candidates[i];
    if (candidate.test !== null && !candidate.test(head)) continue;
    if (collect !== null) candidate.methods?.forEach((allowed) => collect.add(allowed));
    else if (candidate.methods === null || candidate.methods.has(method)) return candidate.value;
  }
  return null;
}
