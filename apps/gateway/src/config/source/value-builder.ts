import { isAlias, isMap, isScalar, isSeq, type Alias, type LineCounter, type Node, type YAMLMap } from 'yaml';
import type { z } from 'zod';
import type { ConfigProblem } from '../config-error.js';
import { appendToPath } from '../config-path.js';
import { childrenOf, facetsOf } from '../schema/facets.js';
import { DEPTH_MAX } from './depth.js';
import type { Places } from './places.js';
import { readTyped } from './scalar-text.js';
import { expandVariables, type Environment } from './variables.js';

const ALIASES_MAX = 10_000;
const VALUES_MAX = 500_000;
const KEY_LENGTH_MAX = 256;

type Schemas = readonly z.core.$ZodType[];

/** Ends the building at once: whatever is under way would only get larger. */
class TooLarge extends Error {}

/**
 * Builds the value that a YAML tree stands for, and notes where each part of it comes from. It is ours, and not the
 * parser's, because `${…}` needs the type that a key takes, and because aliases and keys must not cost more than they
 * are worth: anchors are looked up once, duplicate keys are found with a set.
 */
export class ValueBuilder {
  readonly problems: ConfigProblem[] = [];
  private readonly anchors = new Map<string, Node>();
  private readonly remembered = new Set<Node>();
  private readonly targets = new Map<Alias, Node | undefined>();
  private readonly open = new Set<Node>();
  private aliases = 0;
  private values = 0;

  constructor(
    private readonly lines: LineCounter,
    private readonly env: Environment,
    private readonly places: Places,
  ) {}

  build(root: unknown, schema: z.core.$ZodType): unknown {
    try {
      return this.value(root, '', [schema], 0);
    } catch (error) {
      if (!(error instanceof TooLarge)) throw error;
      this.problems.push({ path: '', message: error.message });
      return null;
    }
  }

  private value(node: unknown, path: string, schemas: Schemas, depth: number): unknown {
    if (++this.values > VALUES_MAX) throw new TooLarge('holds too many values, aliases counted as what they stand for');
    if (isAlias(node)) return this.alias(node, path, schemas, depth);
    if (isScalar(node)) {
      this.remember(node);
      return typeof node.value === 'string' ? this.text(node.value, node.type, path, schemas) : node.value;
    }
    if (!isMap(node) && !isSeq(node)) return null;
    if (depth >= DEPTH_MAX) {
      this.report(node, path, `is nested deeper than ${DEPTH_MAX} levels`);
      return null;
    }
    this.remember(node);
    this.open.add(node);
    const built = isMap(node)
      ? this.map(node, path, schemas, depth)
      : node.items.map((item, index) => {
          const itemPath = pathInside(path, index, schemas);
          this.note(item, itemPath);
          return this.value(item, itemPath, childrenOf(schemas, index), depth + 1);
        });
    this.open.delete(node);
    return built;
  }

  private text(text: string, type: string | undefined, path: string, schemas: Schemas): unknown {
    const expanded = expandVariables(text, this.env);
    if (expanded === null) return text;
    for (const problem of expanded.problems) this.problems.push({ path, ...problem });
    if (expanded.problems.length > 0) return text;
    if (expanded.variables.length === 0) return expanded.text;
    this.places.setExpansion(path, expanded.variables);
    return readTyped(expanded.text, schemas, type !== 'PLAIN');
  }

  private map(node: YAMLMap, path: string, schemas: Schemas, depth: number): Record<string, unknown> {
    const built: Record<string, unknown> = {};
    const lineOf = new Map<string, number>();
    for (const { key: keyNode, value: valueNode } of node.items) {
      const key = this.key(keyNode, path);
      if (key === null) continue;
      const keyPath = pathInside(path, key, schemas);
      const first = lineOf.get(key);
      if (first !== undefined) {
        this.report(keyNode, keyPath, `is given twice, first on line ${first}`);
        continue;
      }
      this.note(keyNode, keyPath);
      lineOf.set(key, this.position(keyNode).line);
      built[key] = this.value(valueNode, keyPath, childrenOf(schemas, key), depth + 1);
    }
    return built;
  }

  /** null when the key cannot be one; that is reported. */
  private key(node: unknown, path: string): string | null {
    if (!isScalar(node) || node.value === null) {
      this.report(node, path, 'has a key that is not plain text');
      return null;
    }
    // A number or a boolean is a key as it is written: 404, not what 4.04e2 comes to.
    const key = typeof node.value === 'string' ? node.value : (node.source ?? '');
    if (key.length > KEY_LENGTH_MAX) {
      this.report(node, path, `has a key of more than ${KEY_LENGTH_MAX} characters`);
      return null;
    }
    if (key === '__proto__' || key === '<<') {
      const message = key === '<<' ? 'merge keys (<<) are not part of YAML 1.2' : 'is not a possible key';
      this.report(node, appendToPath(path, key), message);
      return null;
    }
    return key;
  }

  private remember(node: Node & { anchor?: string }): void {
    // A node that is met again inside an alias must not hide a later anchor of the same name.
    if (node.anchor === undefined || this.remembered.has(node)) return;
    this.remembered.add(node);
    this.anchors.set(node.anchor, node);
  }

  private alias(node: Alias, path: string, schemas: Schemas, depth: number): unknown {
    if (++this.aliases > ALIASES_MAX) throw new TooLarge(`holds more than ${ALIASES_MAX} aliases`);
    // Inside an alias the same node is met again: it stands for what it stood for the first time.
    if (!this.targets.has(node)) this.targets.set(node, this.anchors.get(node.source));
    const target = this.targets.get(node);
    if (target === undefined) this.report(node, path, 'is an alias of an anchor that does not come before it');
    else if (this.open.has(target)) this.report(node, path, 'is an alias of what holds it');
    else return this.value(target, path, schemas, depth);
    return null;
  }

  private report(node: unknown, path: string, message: string): void {
    this.problems.push({ path, message, ...this.position(node) });
  }

  private note(node: unknown, path: string): void {
    this.places.setPlace(path, this.position(node));
  }

  private position(node: unknown): { line: number; column: number } {
    const offset = (node as Node | null)?.range?.[0] ?? 0;
    const { line, col } = this.lines.linePos(offset);
    return { line, column: col };
  }
}

/** What stands in the place of a secret may be the secret, the keys of a mapping too: paths end before it. */
function pathInside(path: string, key: string | number, schemas: Schemas): string {
  const secret = schemas.some((schema) => facetsOf(schema).annotation.secret);
  return secret ? path : appendToPath(path, key);
}
