/**
 * Calls back when the event loop has read every socket that has something now: between one of its check phases and the
 * next lies the poll for bytes.
 */
export function afterReading(then: () => void): void {
  setImmediate(() => setImmediate(then));
}
