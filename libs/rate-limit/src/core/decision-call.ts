import { Charge } from './charge.js';
import type { Limit } from './limit.js';

/** Numbers that the script gives for each limit. */
const REPLY_WIDTH = 3;

/** The requests that one call of the script decides. */
export class DecisionCall {
  readonly keys: string[] = [];
  readonly values: (string | number)[] = [];
  /** Time at which it was sent, in milliseconds of `performance.now()`. */
  sentAt = 0;
  /** Nobody waits for it any more. */
  expired = false;
  private readonly asked: (readonly Charge[])[] = [];
  private readonly settle: ((admitted: boolean | null) => void)[] = [];

  get requests(): number {
    return this.asked.length;
  }

  static chargeOf(key: string, limit: Limit): Charge {
    const charge = new Charge(0, limit);
    charge.key = key;
    return charge;
  }

  add(charges: readonly Charge[]): Promise<boolean | null> {
    const { keys, values } = this;
    values.push(charges.length);
    for (const { key, limit, cost, shadow } of charges) {
      keys.push(key);
      values.push(
        limit.sliding ? 1 : 0,
        cost,
        shadow ? 1 : 0,
        limit.sliding ? limit.slotUs : limit.unitTicks,
        limit.burst,
      );
    }
    this.asked.push(charges);
    return new Promise((resolve) => this.settle.push(resolve));
  }

  /** @param reply what the script gave, or null when there is no decision */
  finish(reply: readonly number[] | null): void {
    let at = 0;
    for (let i = 0; i < this.asked.length; i++) {
      let admitted: boolean | null = null;
      if (reply !== null) {
        admitted = true;
        for (const charge of this.asked[i]) {
          charge.remaining = reply[at];
          charge.nextUs = reply[at + 1];
          charge.waitUs = reply[at + 2];
          charge.refused = charge.waitUs > 0;
          if (charge.refused && !charge.shadow) admitted = false;
          at += REPLY_WIDTH;
        }
      }
      this.settle[i](admitted);
    }
  }
}
