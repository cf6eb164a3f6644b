/** Where a value stands: keys and list positions, from the root. */
export type ConfigPath = readonly PropertyKey[];

const PLAIN_KEY = /^[A-Za-z_$][\w$-]*$/;

/** Writes a path as it is shown: `routes[2].match.path`, and keys with other characters as `upstreams["a b"]`. */
export function formatPath(path: ConfigPath): string {
  return path.reduce<string>(appendToPath, '');
}

export function appendToPath(path: string, key: PropertyKey): string {
  if (typeof key === 'number') return `${path}[${key}]`;
  const name = String(key);
  if (!PLAIN_KEY.test(name)) return `${path}[${JSON.stringify(name)}]`;
  return path === '' ? name : `${path}.${name}`;
}

const LAST_SEGMENT = /(?:\.?[A-Za-z_$][\w$-]*|\[\d+\]|\["(?:[^"\\]|\\.)*"\])$/;

/** The path one level up; null for the root. */
export function parentOf(path: string): string | null {
  if (path === '') return null;
  const cut = path.replace(LAST_SEGMENT, '');
  return cut === path ? '' : cut;
}
