import type { Waiter } from '@app/resilience';
import type { KeySource } from '../../admission/limit-key.js';
import type { Events } from '../../pipeline/contract/events.js';
import type { TryFailure } from '../../pipeline/contract/try-failure.js';
import type { TriedRequest } from '../../resilience/retry.policy.js';
import { Happening } from '../clock/virtual-time.js';
import type { RouteShare, SimulatedRoute } from '../policies/simulated-route.js';
import type { Arrival } from '../traffic/traffic.js';
import type { Caller } from '../traffic/caller.js';

/** What comes next for a request. */
export type Step = 'admitted' | 'settle' | 'retry' | 'give-up';

/** One request on its way, as much of it as policies look at. It stands in the queue of the clock itself. */
export class SimulatedRequest extends Happening implements KeySource, TriedRequest {
  readonly method: string;
  readonly startedAt: number;
  readonly identity: KeySource['identity'];
  attempts = 0;
  step: Step = 'admitted';
  share: RouteShare | null = null;
  waiter: Waiter | null = null;
  breakerPass = 0;
  /** A try has been let through and is not settled. */
  trying = false;
  /** What the try that is under way will give. */
  status = 0;
  failure: TryFailure | null = null;
  /** What a trace says of the first try. */
  readonly givenStatus: number;
  readonly givenLatencyMs: number;
  private readonly caller: Caller;

  constructor(
    /** Number of the request, by which chance knows it. */
    readonly number: number,
    arrival: Arrival,
    readonly route: SimulatedRoute,
    readonly events: Events,
    private readonly go: (request: SimulatedRequest) => void,
  ) {
    super();
    this.startedAt = arrival.atMs;
    this.caller = arrival.caller;
    this.method = arrival.method;
    this.givenStatus = arrival.status;
    this.givenLatencyMs = arrival.latencyMs;
    this.identity = route.identified ? arrival.caller.identity : null;
  }

  /** The request is its own head. */
  get head(): this {
    return this;
  }

  get clientAddress(): string {
    return this.caller.address;
  }

  field(name: string): string | undefined {
    return this.caller.field(name);
  }

  run(): void {
    this.go(this);
  }
}
