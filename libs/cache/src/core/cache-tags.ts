/**
 * What entries can be invalidated by: their URI, their route, and their cache groups, which belong to an origin
 * (RFC 9875 section 2). The first two are known before there is a response.
 */
/** What every entry bears. */
export const everythingTag = 'a';

export function uriTag(uri: string): string {
  return `u${uri}`;
}

export function routeTag(route: string): string {
  return `r${route}`;
}

export function groupTag(origin: string, group: string): string {
  return `g${origin}\n${group}`;
}

/** The group of that name of every origin. */
export function anyGroupTag(group: string): string {
  return `G${group}`;
}

/** Tags of an entry that come from its groups. */
export function groupTags(uri: string, groups: readonly string[]): string[] {
  if (groups.length === 0) return [];
  const origin = originOf(uri);
  return groups.flatMap((group) => [groupTag(origin, group), anyGroupTag(group)]);
}

/** `https://example.com` of a URI. */
export function originOf(uri: string): string {
  const slash = uri.indexOf('/', uri.indexOf('://') + 3);
  return slash < 0 ? uri : uri.slice(0, slash);
}
