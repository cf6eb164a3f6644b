/**
 * Names a value that one stage leaves in the request context for another, with its type.
 * Two keys of the same name are different keys.
 */
export class ContextKey<T> {
  declare protected readonly type: T;
  constructor(readonly name: string) {}
}
