/** Bytes from `first` up to and with `last`. */
export interface ByteRange {
  readonly first: number;
  readonly last: number;
}

/**
 * What a Range field asks of a body (RFC 9110 section 14.1.2).
 *
 * @returns `ignore` for other units, several ranges and what cannot be read: such a field may be passed over and the
 *   whole be sent (section 14.2); `unsatisfiable` is 416
 */
export function parseByteRange(range: string, bytes: number): ByteRange | 'ignore' | 'unsatisfiable' {
  const found = /^bytes=[ \t]*(\d*)-(\d*)[ \t]*$/i.exec(range);
  if (found === null || (found[1] === '' && found[2] === '')) return 'ignore';
  if (found[1] === '') {
    const suffix = Number(found[2]);
    if (suffix === 0 || bytes === 0) return 'unsatisfiable';
    return { first: Math.max(0, bytes - suffix), last: bytes - 1 };
  }
  const first = Number(found[1]);
  const last = found[2] === '' ? bytes - 1 : Math.min(Number(found[2]), bytes - 1);
  if (found[2] !== '' && Number(found[2]) < first) return 'ignore';
  return first >= bytes ? 'unsatisfiable' : { first, last };
}
