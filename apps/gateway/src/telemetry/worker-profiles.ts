import { Inject, Injectable } from '@nestjs/common';
import { Profiler, type Profile, type ProfilePart } from '@app/observability';
import { WHOLE_PROCESS, type WholeProcess } from '../workers/whole-process.js';

/** Time for what comes behind the sampling: reading source maps, the first time, and passing the profile on. */
const TRANSIT_MS = 15_000;

export interface ProfileOrder {
  readonly kind: 'cpu' | 'heap' | 'allocations';
  readonly seconds: number;
  /** The one worker that is meant; null for all. */
  readonly worker: number | null;
}

interface NumberedOrder extends ProfileOrder {
  /** Tells orders of all workers apart. */
  readonly id: string;
}

/** What a worker gives: its profile, to be put together with others, or a finished file. */
type Taken = { readonly worker: number; readonly profile: Profile } | { readonly file: Uint8Array };

/** Takes profiles of all workers over the same time, and puts them into one. */
@Injectable()
export class WorkerProfiles {
  private readonly running = new Map<string, AbortController>();
  private last = 0;

  constructor(
    @Inject(Profiler) private readonly profiler: Profiler,
    @Inject(WHOLE_PROCESS) private readonly whole: WholeProcess,
  ) {
    whole.answer('profiles.take', (order: NumberedOrder) => this.own(order));
    whole.answer('profiles.stop', (id: string) => this.running.get(id)?.abort());
  }

  /**
   * @param signal ends the sampling early, in every worker
   * @returns a gzipped pprof; null when the one worker that was meant has none to give
   * @throws ProfilerBusyError
   */
  async take(order: ProfileOrder, signal: AbortSignal): Promise<Uint8Array | null> {
    const id = `${this.whole.worker}-${++this.last}`;
    signal.addEventListener('abort', () => {
      this.running.get(id)?.abort();
      this.whole.tell('profiles.stop', id);
    });
    const timeoutMs = order.seconds * 1_000 + TRANSIT_MS;
    const taken = await this.whole.ask<Taken | null>('profiles.take', { ...order, id }, timeoutMs);
    const parts: ProfilePart[] = [];
    let own: Profile | null = null;
    for (const each of taken) {
      if (each === null) continue;
      if ('file' in each) return each.file;
      if (each.worker === this.whole.worker) own = each.profile;
      else parts.push(each);
    }
    return own === null ? null : this.profiler.encode(own, this.whole.worker, parts);
  }

  private async own({ kind, seconds, worker, id }: NumberedOrder): Promise<Taken | null> {
    if (worker !== null && worker !== this.whole.worker) return null;
    const stop = new AbortController();
    this.running.set(id, stop);
    try {
      const profile = kind === 'heap' ? await this.profiler.heap() : await this.profiler[kind](seconds, stop.signal);
      if (worker === null) return { worker: this.whole.worker, profile };
      return { file: await this.profiler.encode(profile) };
    } finally {
      this.running.delete(id);
    }
  }
}
