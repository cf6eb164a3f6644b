/** Why there is no verdict, in one line for whoever asked: an unknown ref, a base that does not build. Exit code 2. */
export class CannotMeasure extends Error {
  override readonly name = 'CannotMeasure';
}
