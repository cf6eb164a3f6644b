/** Puts matched values, still percent-encoded, into the places of a template. `/b/*` is `/b` when there is no rest. */
export function fillPath(template: string, params: Readonly<Record<string, string>>): string {
  const segments = template.split('/');
  if (segments.at(-1) === '*' && params['*'] === undefined) segments.pop();
  const path = segments
    .map((segment) => (segment === '*' || segment.startsWith(':') ? params[segment.replace(':', '')] : segment))
    .join('/');
  return path === '' ? '/' : path;
}
