import type { VersionedUser } from './users.store.js';

/** A strong entity tag (RFC 9110 section 8.8.3): it changes with every version and is never used again. */
export function entityTag({ user, version }: VersionedUser): string {
  return `"${user.id}.${version}"`;
}

/** Whether `If-None-Match` names the tag, compared weakly (RFC 9110 section 13.1.2): the client's copy is current. */
export function isCurrent(ifNoneMatch: string | undefined, tag: string): boolean {
  return ifNoneMatch !== undefined && lists(ifNoneMatch, tag, /^W\//);
}

/** Whether `If-Match` is absent or names the tag, compared strongly (RFC 9110 section 13.1.1): a change may go on. */
export function mayChange(ifMatch: string | undefined, tag: string): boolean {
  return ifMatch === undefined || lists(ifMatch, tag, null);
}

function lists(field: string, tag: string, prefix: RegExp | null): boolean {
  if (field.trim() === '*') return true;
  // None of our tags holds a comma, so a foreign tag that does cannot match by being cut in two.
  return field
    .split(',')
    .map((part) => part.trim())
    .some((part) => (prefix ? part.replace(prefix, '') : part) === tag);
}
