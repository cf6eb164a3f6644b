/** A reply that the gateway makes itself. */
export class Answer {
  /**
   * @param status HTTP status
   * @param headers response fields, flat: name, value, name, value; without framing fields
   * @param body whole body; the empty string for none
   */
  constructor(
    readonly status: number,
    readonly headers: readonly string[] = [],
    readonly body: string | Uint8Array = '',
  ) {}
}
