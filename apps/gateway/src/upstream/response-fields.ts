/** Response fields that end at this hop (RFC 9110 section 7.6.1), and those that the gateway writes itself. */
const dropped = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authenticate',
  'te',
  'transfer-encoding',
  'upgrade',
  'x-request-id',
]);

const spelled = new Map<string, boolean>();
for (const name of dropped) {
  spelled.set(name, true);
  spelled.set(
    name.replace(/(?:^|-)[a-z]/g, (start) => start.toUpperCase()),
    true,
  );
}
for (const name of [
  'Date',
  'Server',
  'Content-Type',
  'Content-Length',
  'Content-Encoding',
  'Cache-Control',
  'ETag',
  'Last-Modified',
  'Accept-Ranges',
  'Vary',
  'Set-Cookie',
  'Location',
  'Expires',
  'Age',
]) {
  spelled.set(name, false);
  spelled.set(name.toLowerCase(), false);
}

function isDropped(name: string): boolean {
  return spelled.get(name) ?? dropped.has(name.toLowerCase());
}

/**
 * Takes the hop-by-hop fields out of a response head, in place, those that Connection nominates too.
 * @returns the declared body length in bytes, or -1
 */
export function takeResponseFields(headers: string[]): number {
  let kept = 0;
  let length = -1;
  let nominated = '';
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i];
    if (isDropped(name)) {
      const value = headers[i + 1];
      // `keep-alive` and `close` nominate nothing, and are nearly all that is ever said.
      if (name.length === 10 && value !== 'keep-alive' && value !== 'close' && name.toLowerCase() === 'connection') {
        nominated += `,${value}`;
      }
      continue;
    }
    if (name.length === 14 && name.toLowerCase() === 'content-length') length = Number(headers[i + 1]);
    headers[kept] = name;
    headers[kept + 1] = headers[i + 1];
    kept += 2;
  }
  headers.length = kept;
  if (nominated !== '') dropNominated(headers, nominated);
  return length;
}

function dropNominated(headers: string[], nominated: string): void {
  const names = new Set(
    nominated
      .toLowerCase()
      .split(',')
      .map((token) => token.trim()),
  );
  for (const kept of ['', 'close', 'content-length', 'content-type']) names.delete(kept);
  if (names.size === 0) return;
  for (let i = headers.length - 2; i >= 0; i -= 2) {
    if (names.has(headers[i].toLowerCase())) headers.splice(i, 2);
  }
}
