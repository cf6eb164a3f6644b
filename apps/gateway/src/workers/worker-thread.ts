import {
  MessageChannel,
  receiveMessageOnPort,
  Worker,
  type MessagePort,
  type ResourceLimits,
} from 'node:worker_threads';
import type { FromWorker, ToWorker } from './messages.js';
import { serveRegions } from './region-channel.js';
import type { SharedRegions } from './shared-regions.js';
import { wrapWorkerData, type WorkerData } from './worker-data.js';

/** The script of a worker: the one that this process runs, which comes to startGateway() again. */
export interface WorkerEntry {
  readonly script: string | URL;
  /** Arguments behind the script. */
  readonly args: readonly string[];
  readonly resourceLimits?: ResourceLimits;
}

/** Takes chunks of log lines. */
export interface LineRelay {
  readonly tty: boolean;
  readonly colours: boolean;
  /** @param done told when the chunk is out, or lost */
  take(chunk: Uint8Array, done: (lost: boolean) => void): void;
}

export interface WorkerThreadOptions extends Pick<WorkerData, 'source' | 'processName' | 'ports'> {
  readonly entry: WorkerEntry;
  readonly worker: number;
  readonly workers: number;
  readonly regions: SharedRegions;
  readonly lines: LineRelay;
}

/** How a worker ended. */
export interface WorkerEnd {
  readonly code: number;
  /** What it did not catch; null when it exited by itself or was ended. */
  readonly error: { readonly message: string; readonly code: string | null; readonly stack: string | null } | null;
}

/** One worker, as the supervisor sees it. */
export class WorkerThread {
  readonly worker: number;
  readonly startedAt = performance.now();
  private readonly thread: Worker;
  private readonly control: MessagePort;
  private error: WorkerEnd['error'] = null;

  constructor(
    { entry, worker, workers, regions, lines, source, processName, ports }: WorkerThreadOptions,
    onMessage: (message: FromWorker) => void,
    onEnd: (end: WorkerEnd) => void,
  ) {
    this.worker = worker;
    const control = new MessageChannel();
    const log = new MessageChannel();
    const seat = serveRegions(regions, workers, worker);
    const data: WorkerData = {
      source,
      processName,
      ports,
      regions: seat,
      control: control.port2,
      log: { port: log.port2, tty: lines.tty, colours: lines.colours },
    };
    this.control = control.port1;
    this.control.on('message', onMessage);
    log.port1.on('message', (chunk: Uint8Array) => lines.take(chunk, (lost) => log.port1.postMessage(lost)));
    this.thread = new Worker(entry.script, {
      argv: [...entry.args],
      workerData: wrapWorkerData(data),
      transferList: [control.port2, log.port2, seat.port],
      name: `sluice worker ${worker}`,
      ...(entry.resourceLimits === undefined ? {} : { resourceLimits: entry.resourceLimits }),
    });
    this.thread.on('error', (error: unknown) => (this.error = describe(error)));
    this.thread.on('exit', (code) => {
      // What it has said last comes before its end.
      eachLeft(log.port1, (chunk: Uint8Array) => lines.take(chunk, () => undefined));
      eachLeft(this.control, onMessage);
      for (const port of [this.control, log.port1]) port.close();
      onEnd({ code, error: this.error });
    });
  }

  send(message: ToWorker): void {
    this.control.postMessage(message);
  }

  /** Ends it where it stands. */
  terminate(): void {
    void this.thread.terminate();
  }
}

function eachLeft(port: MessagePort, take: (message: never) => void): void {
  for (let left = receiveMessageOnPort(port); left !== undefined; left = receiveMessageOnPort(port)) {
    take(left.message as never);
  }
}

function describe(error: unknown): NonNullable<WorkerEnd['error']> {
  // Neither instanceof nor native: Node makes it anew in this thread.
  if (typeof error !== 'object' || error === null || !('message' in error)) {
    return { message: String(error), code: null, stack: null };
  }
  const { message, code, stack = null } = error as NodeJS.ErrnoException;
  return { message, code: code ?? null, stack };
}
