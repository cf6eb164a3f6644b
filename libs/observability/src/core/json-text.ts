// What JSON must escape, and what would steer a terminal or a reader of lines: C0, DEL, C1, the two line separators of
// Unicode. Lone surrogates are no Unicode at all.
// oxlint-disable-next-line no-control-regex
const UNSAFE = /["\\\u0000-\u001f\u007f-\u009f\u2028\u2029\ud800-\udfff]/;
const MORE_THAN_JSON = /[\u007f-\u009f\u2028\u2029]/g;

/** A string as JSON, quotes included, that stays in its line and means nothing to a terminal. */
export function jsonText(value: string): string {
  if (!UNSAFE.test(value)) return `"${value}"`;
  return JSON.stringify(value).replace(
    MORE_THAN_JSON,
    (unsafe) => `\\u${unsafe.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
