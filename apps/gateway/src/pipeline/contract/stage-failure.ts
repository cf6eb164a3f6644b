const brand = Symbol.for('sluice.stage-failure');

/** A stage threw while a reply passed it. `cause` is what it threw. */
export class StageFailure extends Error {
  readonly [brand] = true;
  override readonly name = 'StageFailure';

  constructor(cause: unknown) {
    super('a stage failed on a reply', { cause });
  }

  static is(value: unknown): value is StageFailure {
    return typeof value === 'object' && value !== null && brand in value;
  }
}
