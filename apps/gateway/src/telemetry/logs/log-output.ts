import { FileSink, StreamSink, type LineSink } from '@app/observability';
import { Socket } from 'node:net';

const STDOUT = 1;

/** Where the log of a process or a thread goes. */
export interface LogOutput {
  readonly sink: LineSink;
  /** A person reads it. */
  readonly tty: boolean;
  readonly colours: boolean;
}

/** Standard output. */
export function processOutput(): LogOutput {
  const { stdout } = process;
  // NO_COLOR: https://no-color.org
  return { sink: standardOutput(), tty: stdout.isTTY, colours: stdout.isTTY && (process.env.NO_COLOR ?? '') === '' };
}

/**
 * Node writes pipes, sockets and terminals through a socket, which waits in the kernel and not in a thread. Everything
 * else (files, /dev/null) it would write synchronously.
 */
function standardOutput(): LineSink {
  const { stdout } = process;
  return (stdout as unknown) instanceof Socket ? new StreamSink(stdout, STDOUT) : new FileSink(STDOUT);
}
