/** Puts matched values, still percent-encoded, into the places of a template. */
export function fillPath(template: string, params: Readonly<Record<string, string>>): string {
  const path = template
    .split('/')
    .map((segment) => (segment === '*' || segment.startsWith(':') ? params[segment.replace(':', '')] : segment))
    .join('/');
  return path === '' ? '/' : path;
}
