import { AskedWorkers } from './asked-workers.js';
import { FollowedLeadership } from './followed-leadership.js';
import type { FromWorker, ToWorker } from './messages.js';
import { ChannelledMemory } from './region-channel.js';
import type { WorkerData } from './worker-data.js';
import type { WorkerSeat } from './worker-seat.js';

/** The seat of a worker beside others, which is in touch with the supervisor. */
export class ThreadSeat implements WorkerSeat {
  readonly processName: string;
  readonly memory: ChannelledMemory;
  readonly wholeProcess: AskedWorkers;
  readonly leadership = new FollowedLeadership();
  /** Resolves when the supervisor wants the worker to finish. */
  readonly asked: Promise<void>;

  constructor(private readonly data: WorkerData) {
    this.processName = data.processName;
    this.memory = new ChannelledMemory(data.regions);
    this.wholeProcess = new AskedWorkers(data.regions.worker, (message) => this.send(message));
    this.asked = new Promise((resolve) => {
      data.control.on('message', (message: ToWorker) => {
        if (message.kind === 'drain') resolve();
        else if (message.kind === 'lead') this.leadership.take();
        else void this.wholeProcess.receive(message);
      });
    });
  }

  send(message: FromWorker): void {
    this.data.control.postMessage(message);
  }
}
