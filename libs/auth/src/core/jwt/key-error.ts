const brand = Symbol.for('sluice.key-error');

/** A key, or a set of keys, cannot be used. The message may be shown to the operator: it tells nothing of the key. */
export class KeyError extends Error {
  readonly [brand] = true;
  override readonly name = 'KeyError';

  static is(value: unknown): value is KeyError {
    return typeof value === 'object' && value !== null && brand in value;
  }
}
