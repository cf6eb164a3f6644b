/** Names of scenarios for route ids: k6 takes letters, digits, `_` and `-`, and no name twice. */
export function scenarioNames(ids: readonly string[]): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  const taken = new Set(ids);
  for (const id of ids) {
    let name = id.replaceAll(/[^\w-]/g, '_');
    while (name !== id && taken.has(name)) name += '_';
    taken.add(name);
    names.set(id, name);
  }
  return names;
}
