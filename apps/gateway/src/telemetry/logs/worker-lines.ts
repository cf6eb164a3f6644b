import { SharedSink, type LineSink } from '@app/observability';
import type { MessagePort } from 'node:worker_threads';
import { processOutput, type LogOutput } from './log-output.js';

/**
 * The log of a worker, which goes to the supervisor in chunks of whole lines: threads that write to one pipe by
 * themselves tear each other's lines.
 *
 * @param port brings chunks there, and back whether one was lost
 */
export function workerOutput({ port, tty, colours }: WorkerLog): LogOutput {
  let confirm: ((error: Error | null) => void) | null = null;
  port.on('message', (lost: boolean) => {
    const done = confirm;
    confirm = null;
    done?.(lost ? new Error('the line was lost') : null);
  });
  // It must not keep a thread that has nothing else to do.
  port.unref();
  const post = (chunk: Uint8Array): void => {
    // A copy of its own: what it stands in is larger, and used again.
    const bytes = Uint8Array.from(chunk);
    port.postMessage(bytes, [bytes.buffer]);
  };
  const sink: LineSink = {
    send(chunk, done) {
      confirm = done;
      post(chunk);
    },
    sendNow: post,
  };
  return { sink, tty, colours };
}

interface WorkerLog {
  readonly port: MessagePort;
  readonly tty: boolean;
  readonly colours: boolean;
}

/** Standard output, for the supervisor's own lines and for those of all workers. */
export class CommonOutput implements LogOutput {
  readonly sink: SharedSink;
  readonly tty: boolean;
  readonly colours: boolean;

  constructor({ sink, tty, colours }: LogOutput = processOutput()) {
    this.sink = new SharedSink(sink);
    this.tty = tty;
    this.colours = colours;
    process.on('exit', () => this.sink.flushNow());
  }

  /** Writes what a worker has sent. @param done told whether it was lost */
  take(chunk: Uint8Array, done: (lost: boolean) => void): void {
    this.sink.send(chunk, (error) => done(error !== null));
  }
}
