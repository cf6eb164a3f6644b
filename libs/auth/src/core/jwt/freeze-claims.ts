/** Freezes claims all the way down: one object serves every request with the token. Their depth is bounded. */
export function freezeClaims<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  for (const inner of Object.values(value)) freezeClaims(inner);
  return Object.freeze(value);
}
