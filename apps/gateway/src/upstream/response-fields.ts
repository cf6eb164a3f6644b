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

/**
 * Takes the hop-by-hop fields out of a response head, in place, those that Connection nominates too.
 * @param headers flat, with lower-case names
 * @returns the declared body length in bytes, or -1
 */
export function takeResponseFields(headers: string[]): number {
  let kept = 0;
  let length = -1;
  let nominated = '';
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i];
    const value = headers[i + 1];
    if (dropped.has(name)) {
      // `keep-alive` and `close` nominate nothing, and are nearly all that is ever said.
      if (name === 'connection' && value !== 'keep-alive' && value !== 'close') nominated += `,${value}`;
      continue;
    }
    if (name === 'content-length') length = Number(value);
    headers[kept] = name;
    headers[kept + 1] = value;
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
    if (names.has(headers[i])) headers.splice(i, 2);
  }
}

export function isEventStream(headers: readonly string[]): boolean {
  for (let i = 0; i < headers.length; i += 2) {
    if (headers[i].length === 12 && headers[i].toLowerCase() === 'content-type') {
      return headers[i + 1].toLowerCase().startsWith('text/event-stream');
    }
  }
  return false;
}
