import type * as Pprof from '@datadog/pprof';
import { mergeProfiles, type Profile, type ProfilePart } from './merge-profiles.js';
import { pause } from './pause.js';

/** Mean bytes between two heap samples, and frames kept of each stack: what Go uses, and enough for Nest's stacks. */
const HEAP_INTERVAL_BYTES = 512 * 1024;
const HEAP_STACK_DEPTH = 64;
/** Time between two CPU samples. Go takes 100 a second; 1,000 cost under 5 % here and show short functions. */
const CPU_INTERVAL_US = 1_000;

/** Another profile is being taken that this one would disturb. */
export class ProfilerBusyError extends Error {
  override readonly name = 'ProfilerBusyError';
}

/**
 * CPU and heap profiles of this thread, and their gzipped protobuf of pprof, with TypeScript names and lines where source maps lie beside
 * the code. The library is loaded, and heap sampling begins, with the first profile that is asked for.
 */
export class Profiler {
  private loaded: Promise<Loaded> | null = null;
  private sampling = false;
  private heapStarted = false;
  private allocating = false;

  /** @param sourceDirectories where compiled files and their source maps lie */
  constructor(private readonly sourceDirectories: readonly string[]) {}

  /**
   * Samples for a while. @param signal ends the sampling early
   * @throws ProfilerBusyError
   */
  async cpu(seconds: number, signal: AbortSignal): Promise<Profile> {
    if (this.sampling) throw new ProfilerBusyError();
    this.sampling = true;
    try {
      const { pprof, mapper } = await this.load();
      pprof.time.start({
        intervalMicros: CPU_INTERVAL_US,
        sourceMapper: mapper,
        withContexts: true,
        collectCpuTime: true,
      });
      await pause(seconds * 1000, signal);
      return pprof.time.stop();
    } finally {
      this.sampling = false;
    }
  }

  /**
   * Memory in use that was allocated since the first heap profile, or since the last allocation profile.
   * @throws ProfilerBusyError while an allocation profile is taken
   */
  async heap(): Promise<Profile> {
    if (this.allocating) throw new ProfilerBusyError();
    const { pprof, mapper } = await this.load();
    if (!this.heapStarted) {
      this.heapStarted = true;
      pprof.heap.start(HEAP_INTERVAL_BYTES, HEAP_STACK_DEPTH);
    }
    return pprof.heap.profile(undefined, mapper);
  }

  /**
   * Everything that is allocated during a while, in use at its end or not. V8 has one sampler: that of the heap profiles
   * is stopped for it and begins anew behind it.
   *
   * @param signal ends the sampling early
   * @throws ProfilerBusyError
   */
  async allocations(seconds: number, signal: AbortSignal): Promise<Profile> {
    if (this.allocating) throw new ProfilerBusyError();
    this.allocating = true;
    try {
      const { pprof, mapper } = await this.load();
      pprof.heap.stop();
      pprof.heap.start(HEAP_INTERVAL_BYTES, HEAP_STACK_DEPTH, true);
      await pause(seconds * 1000, signal);
      const profile = pprof.heap.profile(undefined, mapper);
      pprof.heap.stop();
      if (this.heapStarted) pprof.heap.start(HEAP_INTERVAL_BYTES, HEAP_STACK_DEPTH);
      return profile;
    } finally {
      this.allocating = false;
    }
  }

  /** @param others profiles of other threads, over the same time, that become one with it */
  async encode(own: Profile, worker = 0, others: readonly ProfilePart[] = []): Promise<Buffer> {
    const { pprof } = await this.load();
    return pprof.encode(others.length === 0 ? own : mergeProfiles(own, worker, others));
  }

  stop(): void {
    if (!this.heapStarted) return;
    this.heapStarted = false;
    void this.load().then(({ pprof }) => pprof.heap.stop());
  }

  private load(): Promise<Loaded> {
    this.loaded ??= import('@datadog/pprof').then(async (pprof) => ({
      pprof,
      mapper: await pprof.SourceMapper.create([...this.sourceDirectories]),
    }));
    return this.loaded;
  }
}

interface Loaded {
  readonly pprof: typeof Pprof;
  readonly mapper: Pprof.SourceMapper;
}
