import type { ConfigProblem } from '../config-error.js';
import { appendToPath } from '../config-path.js';
import { isPlainObject } from '../deep-readonly.js';
import { DEPTH_MAX } from './depth.js';

/** Copies a configuration that is given as an object, so that neither side changes the other's. */
export function copyObject(input: unknown): { value: unknown; problems: ConfigProblem[] } {
  const problems: ConfigProblem[] = [];

  const copy = (value: unknown, path: string, depth: number): unknown => {
    const plain = isPlainObject(value);
    if (!plain && !Array.isArray(value)) return value;
    if (depth >= DEPTH_MAX) {
      problems.push({ path, message: `is nested deeper than ${DEPTH_MAX} levels` });
      return null;
    }
    if (!plain) return value.map((item: unknown, index) => copy(item, appendToPath(path, index), depth + 1));
    const copied: Record<string, unknown> = {};
    for (const [key, item] of Object.entries(value)) {
      const itemPath = appendToPath(path, key);
      if (key === '__proto__') problems.push({ path: itemPath, message: 'is not a possible key' });
      else copied[key] = copy(item, itemPath, depth + 1);
    }
    return copied;
  };

  return { value: copy(input, '', 0), problems };
}
