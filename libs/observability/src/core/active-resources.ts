/**
 * What keeps this process busy, by kind: Node's counterpart of goroutines. Sockets, servers, timers, and requests to
 * the kernel that have not come back.
 */
export function activeResources(): { total: number; byKind: Readonly<Record<string, number>> } {
  const byKind: Record<string, number> = {};
  const names = process.getActiveResourcesInfo();
  for (const name of names) byKind[name] = (byKind[name] ?? 0) + 1;
  return { total: names.length, byKind };
}
