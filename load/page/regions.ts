/** The line above what is generated, and the one below it. */
const opening = (name: string): string => `<!-- begin ${name}: written by \`make performance-page\` -->`;
const closing = (name: string): string => `<!-- end ${name} -->`;

/** Puts what is generated between its two lines, and leaves the rest of the page alone. */
export function replaceRegion(page: string, name: string, content: string): string {
  const begin = page.indexOf(opening(name));
  const end = page.indexOf(closing(name), begin);
  if (begin < 0 || end < 0) throw new Error(`the page has no place for ${name}: ${opening(name)} … ${closing(name)}`);
  return `${page.slice(0, begin)}${opening(name)}\n\n${content.trim()}\n\n${page.slice(end)}`;
}
