/** RFC 9875 section 2 asks for 32 groups of 32 characters at least; more than this are passed over. */
const GROUPS_MAX = 64;
const GROUP_CHARACTERS_MAX = 128;

// RFC 9651: a list of strings, whose parameters say nothing to us.
const PARAMETER = String.raw`[ ]*;[ ]*[a-z*][\w.*-]*(?:=(?:"(?:[^"\\]|\\.)*"|[^,;" \t]*))?`;
const MEMBER = new RegExp(
  String.raw`[ \t]*"((?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"(?:${PARAMETER})*[ \t]*(,|$)`,
  'y',
);

/**
 * Reads Cache-Groups or Cache-Group-Invalidation (RFC 9875). A field that is no list of strings is passed over whole,
 * as RFC 9651 section 4.2 wants.
 */
export function parseCacheGroups(text: string): readonly string[] {
  if (text === '') return [];
  const groups = new Set<string>();
  let at = 0;
  for (;;) {
    MEMBER.lastIndex = at;
    const found = MEMBER.exec(text);
    if (found === null) return [];
    const group = found[1].replace(/\\(["\\])/g, '$1');
    if (groups.size < GROUPS_MAX && group.length <= GROUP_CHARACTERS_MAX) groups.add(group);
    if (found[2] === '') return [...groups];
    at = MEMBER.lastIndex;
  }
}
