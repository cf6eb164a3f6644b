import type { Charge } from './charge.js';
import { DecisionCall } from './decision-call.js';
import { Limit } from './limit.js';
import { decideScript, decideScriptSha } from './redis.script.js';

/** What the store needs of a connection; ioredis has it. The connection puts its own prefix before keys. */
export interface ScriptConnection {
  /** `ready` when commands can be sent. */
  readonly status: string;
  readonly isCluster?: boolean;
  evalsha(sha: string, keyCount: number, ...keysAndArguments: (string | number)[]): Promise<unknown>;
  eval(script: string, keyCount: number, ...keysAndArguments: (string | number)[]): Promise<unknown>;
}

export interface RedisStoreOptions {
  /** Time in milliseconds after which a decision is not waited for any more. Default 20. */
  readonly timeoutMs?: number;
  /** Time in milliseconds between two attempts to find Redis in order again. Default 100. */
  readonly probeMs?: number;
  /** Requests that wait for a decision at once; further ones are not asked about. Default 4,096. */
  readonly waitingMax?: number;
  /** Told when Redis is not asked any more, and when it is again. */
  readonly onTrust?: (trusted: boolean) => void;
}

/** Requests that one call of the script decides, so that Redis does nothing else for well under a millisecond. */
const REQUESTS_OF_CALL = 64;
/** Charged while Redis is not trusted: the script itself is what has to work, writing included. */
const PROBE_KEY = 'rl:probe';
const probeLimit = new Limit({ burst: 1_000_000, windowMs: 1_000 });

/**
 * Limits that several processes share. The requests of one turn of the event loop are decided by one call of a script
 * that runs whole or not at all.
 *
 * After a call that failed or took too long, nothing is asked for a while: requests learn at once that there is no
 * decision, and a probe finds out when there are decisions again. A call that was given up may still be carried out
 * later, and then charges requests that were let through without it.
 */
export class RedisStore {
  private readonly timeoutMs: number;
  private readonly probeMs: number;
  private readonly waitingMax: number;
  private readonly callMax: number;
  private readonly onTrust: (trusted: boolean) => void;

  private gathering: DecisionCall | null = null;
  /** Calls that are not answered, in the order in which they were sent. */
  private readonly sent: DecisionCall[] = [];
  private waiting = 0;
  private trusted = true;
  private closed = false;
  private clock: NodeJS.Timeout | null = null;
  private readonly flush = (): void => this.send();
  private readonly expireLater = (): void => void setImmediate(this.expireDue);
  private readonly expireDue = (): void => this.expire();

  constructor(
    private readonly redis: ScriptConnection,
    { timeoutMs = 20, probeMs = 100, waitingMax = 4_096, onTrust = () => undefined }: RedisStoreOptions = {},
  ) {
    this.timeoutMs = timeoutMs;
    this.probeMs = probeMs;
    this.waitingMax = waitingMax;
    this.onTrust = onTrust;
    // The keys of different requests may lie on different nodes of a cluster.
    this.callMax = redis.isCluster === true ? 1 : REQUESTS_OF_CALL;
  }

  /** Whether Redis is asked at all now. */
  get available(): boolean {
    return this.trusted && this.redis.status === 'ready';
  }

  /**
   * Asks for a decision. Each charge has its `key`; all keys of one request must lie in one slot when there is a cluster.
   *
   * @returns null at once when there is none to be had; else whether the request is let through, with the charges as
   *   MemoryStore.decide() leaves them, or null when no answer came in time. It never rejects.
   */
  decide(charges: readonly Charge[]): Promise<boolean | null> | null {
    if (!this.available || this.waiting >= this.waitingMax) return null;
    this.waiting++;
    if (this.gathering === null) {
      this.gathering = new DecisionCall();
      setImmediate(this.flush);
    }
    const decision = this.gathering.add(charges);
    if (this.gathering.requests >= this.callMax) this.send();
    return decision;
  }

  /** Ends the timers; what still waits gets no decision. */
  close(): void {
    this.closed = true;
    this.trusted = false;
    if (this.clock !== null) clearTimeout(this.clock);
    for (const call of this.sent.splice(0)) this.finish(call, null);
    if (this.gathering !== null) this.finish(this.gathering, null);
    this.gathering = null;
  }

  private send(): void {
    const call = this.gathering;
    if (call === null) return;
    this.gathering = null;
    call.sentAt = performance.now();
    this.sent.push(call);
    if (this.clock === null) this.arm(this.timeoutMs);
    this.run(call).then(
      (reply) => this.answered(call, reply),
      () => this.failed(call),
    );
  }

  private async run(call: DecisionCall): Promise<unknown> {
    try {
      return await this.redis.evalsha(decideScriptSha, call.keys.length, ...call.keys, ...call.values);
    } catch (error) {
      // Redis tells what went wrong by the first word, and by nothing else.
      if (!(error as Error).message.startsWith('NOSCRIPT')) throw error;
      return this.redis.eval(decideScript, call.keys.length, ...call.keys, ...call.values);
    }
  }

  private answered(call: DecisionCall, reply: unknown): void {
    if (call.expired) return;
    this.sent.splice(this.sent.indexOf(call), 1);
    this.finish(call, reply as readonly number[]);
  }

  private failed(call: DecisionCall): void {
    if (call.expired) return;
    this.sent.splice(this.sent.indexOf(call), 1);
    this.finish(call, null);
    this.distrust();
  }

  private finish(call: DecisionCall, reply: readonly number[] | null): void {
    this.waiting -= call.requests;
    call.finish(reply);
  }

  /** One timer for all calls: it is set for the oldest. */
  private arm(delayMs: number): void {
    this.clock = setTimeout(this.expireLater, delayMs);
    this.clock.unref();
  }

  /** Behind the poll for input, so that an answer that came while this process was busy itself is not late. */
  private expire(): void {
    this.clock = null;
    const now = performance.now();
    let late = false;
    while (this.sent.length > 0 && now - this.sent[0].sentAt >= this.timeoutMs) {
      const call = this.sent.shift() as DecisionCall;
      call.expired = true;
      this.finish(call, null);
      late = true;
    }
    if (late) this.distrust();
    if (this.sent.length > 0) this.arm(Math.max(1, this.timeoutMs - (now - this.sent[0].sentAt)));
  }

  private distrust(): void {
    if (!this.trusted || this.closed) return;
    this.trusted = false;
    this.onTrust(false);
    this.probeLater();
  }

  private trustAgain(): void {
    if (this.closed) return;
    this.trusted = true;
    this.onTrust(true);
  }

  private probeLater(): void {
    setTimeout(() => void this.probe(), this.probeMs).unref();
  }

  /** One at a time: while Redis does not answer, the next one waits for the connection to give the last one up. */
  private async probe(): Promise<void> {
    if (this.closed) return;
    const call = new DecisionCall();
    void call.add([DecisionCall.chargeOf(PROBE_KEY, probeLimit)]);
    try {
      const since = performance.now();
      if (this.redis.status === 'ready') {
        await this.run(call);
        if (performance.now() - since < this.timeoutMs) this.trustAgain();
      }
    } catch {
      // Not yet.
    }
    if (!this.trusted) this.probeLater();
  }
}
