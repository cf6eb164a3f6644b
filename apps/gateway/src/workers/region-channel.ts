import { MessageChannel, receiveMessageOnPort, type MessagePort } from 'node:worker_threads';
import type { SharedMemory } from './shared-memory.js';
import type { RegionReply, RegionRequest, SharedRegions } from './shared-regions.js';

/** The supervisor answers from a loop that does nothing else: longer means that it is gone. */
const REPLY_TIMEOUT_MS = 10_000;

/** What a worker needs to ask for memory. */
export interface RegionSeat {
  readonly workers: number;
  readonly worker: number;
  readonly port: MessagePort;
  /** 1 when a reply is there. */
  readonly replied: Int32Array<SharedArrayBuffer>;
}

/** Serves one worker. @returns its side, whose port has to be transferred */
export function serveRegions(regions: SharedRegions, workers: number, worker: number): RegionSeat {
  const { port1, port2 } = new MessageChannel();
  const replied = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  port1.on('message', (request: RegionRequest) => {
    port1.postMessage(regions.get(request));
    Atomics.store(replied, 0, 1);
    Atomics.notify(replied, 0);
  });
  return { workers, worker, port: port2, replied };
}

/** The memory as a worker sees it: it waits, in the thread, for the supervisor to answer. */
export class ChannelledMemory implements SharedMemory {
  readonly workers: number;
  readonly worker: number;
  private readonly known = new Map<string, SharedArrayBuffer>();

  constructor(private readonly seat: RegionSeat) {
    this.workers = seat.workers;
    this.worker = seat.worker;
  }

  region(name: string, bytes: number): SharedArrayBuffer {
    return this.get({ name, bytes, shares: false });
  }

  shares(name: string, bytesEach: number): SharedArrayBuffer {
    if (bytesEach % 8 !== 0) throw new Error(`the share of ${name} is no multiple of 8 bytes`);
    return this.get({ name, bytes: bytesEach * this.workers, shares: true });
  }

  private get(request: RegionRequest): SharedArrayBuffer {
    const known = this.known.get(request.name);
    if (known !== undefined && known.byteLength === request.bytes) return known;
    const { port, replied } = this.seat;
    Atomics.store(replied, 0, 0);
    port.postMessage(request);
    Atomics.wait(replied, 0, 0, REPLY_TIMEOUT_MS);
    const received = receiveMessageOnPort(port);
    if (received === undefined) throw new Error(`no supervisor gave the shared memory ${request.name}`);
    const reply = received.message as RegionReply;
    if ('refused' in reply) throw new Error(reply.refused);
    this.known.set(request.name, reply.memory);
    return reply.memory;
  }
}
