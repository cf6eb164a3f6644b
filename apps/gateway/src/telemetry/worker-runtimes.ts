import { Inject, Injectable } from '@nestjs/common';
import { activeResources, watchLoopDelay } from '@app/observability';
import { getHeapSpaceStatistics } from 'node:v8';
import { WHOLE_PROCESS, type WholeProcess } from '../workers/whole-process.js';

/** Time for an answer beyond what is watched. */
const TRANSIT_MS = 2_000;

interface Heap {
  readonly worker: number;
  readonly usage: NodeJS.MemoryUsage;
  readonly spaces: readonly { name: string; used: number; size: number }[];
}

/** An order to watch the loop. */
interface Watch {
  readonly id: string;
  readonly seconds: number;
}

interface Watched {
  readonly worker: number;
  readonly lines: readonly string[];
}

/** What Node says of the threads of all workers, in lines of text. With one worker, its own alone. */
@Injectable()
export class WorkerRuntimes {
  private readonly watching = new Map<string, AbortController>();
  private last = 0;

  constructor(@Inject(WHOLE_PROCESS) private readonly whole: WholeProcess) {
    const { worker } = whole;
    whole.answer('runtimes.heap', (): Heap => ({ worker, usage: process.memoryUsage(), spaces: spacesOfHeap() }));
    whole.answer('runtimes.resources', () => activeResources().byKind);
    whole.answer('runtimes.loop', async ({ id, seconds }: Watch) => {
      const stop = new AbortController();
      this.watching.set(id, stop);
      const lines = await watchLoopDelay(seconds, stop.signal);
      this.watching.delete(id);
      return { worker, lines };
    });
    whole.answer('runtimes.stop', (id: string) => this.watching.get(id)?.abort());
  }

  /** The size of the heaps and of their spaces, in bytes; the first line has what is in use. */
  async heap(): Promise<string[]> {
    const heaps = await this.whole.ask<Heap>('runtimes.heap');
    const sum = (name: keyof NodeJS.MemoryUsage): number => heaps.reduce((total, { usage }) => total + usage[name], 0);
    // That of the process, whichever thread reads it.
    const totals = { rss: heaps[0].usage.rss, heapTotal: sum('heapTotal'), heapUsed: sum('heapUsed') };
    const rest = { external: sum('external'), arrayBuffers: sum('arrayBuffers') };
    const lines = [`heap profile: ${totals.heapUsed} bytes in use`];
    for (const [name, bytes] of Object.entries({ ...totals, ...rest })) lines.push(`# ${name} = ${bytes}`);
    for (const { worker, spaces } of heaps) {
      if (heaps.length > 1) lines.push(`# worker ${worker}`);
      for (const { name, used, size } of spaces) lines.push(`# ${name} = ${used} of ${size}`);
    }
    return lines;
  }

  /** What is active, by kind; the first line has the total. */
  async resources(): Promise<string[]> {
    const byKind = new Map<string, number>();
    let total = 0;
    for (const counts of await this.whole.ask<Record<string, number>>('runtimes.resources')) {
      for (const [kind, count] of Object.entries(counts)) {
        byKind.set(kind, (byKind.get(kind) ?? 0) + count);
        total += count;
      }
    }
    const lines = [...byKind].sort(([, a], [, b]) => b - a);
    return [`goroutine profile: total ${total}`, ...lines.map(([kind, count]) => `${count} ${kind}`)];
  }

  /** How late the event loops are, over the same time. @param signal ends it early */
  async loops(seconds: number, signal: AbortSignal): Promise<string[]> {
    const id = `${this.whole.worker}-${++this.last}`;
    signal.addEventListener('abort', () => {
      this.watching.get(id)?.abort();
      this.whole.tell('runtimes.stop', id);
    });
    const watched = await this.whole.ask<Watched>('runtimes.loop', { id, seconds }, seconds * 1_000 + TRANSIT_MS);
    if (watched.length === 1) return [...watched[0].lines];
    const all: string[] = [];
    for (const { worker, lines } of watched) all.push(`worker ${worker}`, ...lines, '');
    return all;
  }
}

function spacesOfHeap(): Heap['spaces'] {
  return getHeapSpaceStatistics().map(({ space_name, space_used_size, space_size }) => ({
    name: space_name,
    used: space_used_size,
    size: space_size,
  }));
}
