import { FileSink, LineWriter, StreamSink, type LineSink } from '@app/observability';
import { Socket } from 'node:net';
import { Logs, type LogsConfig } from './logs.js';
import type { LogTarget } from './log-target.js';

const STDOUT = 1;

/** The log on standard output, for as long as the process lives. */
export async function openLogs(settings: LogsConfig): Promise<Logs> {
  const pretty = settings.format === 'pretty' || (settings.format === 'auto' && process.stdout.isTTY);
  const writer = new LineWriter(standardOutput(), settings.bufferBytesMax);
  // What was said last, before a crash, is worth most.
  process.on('exit', () => writer.flushNow());
  const print = pretty ? (await import('./pretty-lines.js')).prettyLines(colours()) : null;
  const target = print === null ? writer : { write: (line: string) => writer.write(print(line)) };
  return new Logs(settings, {
    target,
    writer: print === null ? writer : null,
    pretty,
    dropped: () => writer.dropped,
    drain: (timeoutMs) => writer.drain(timeoutMs),
  });
}

/** A log whose lines somebody else takes. */
export function logsTo(settings: LogsConfig, target: LogTarget): Logs {
  return new Logs(settings, { target, writer: null, pretty: false, dropped: () => 0, drain: () => Promise.resolve() });
}

/** A log that writes nothing, and costs nothing. */
export function noLogs(settings: LogsConfig): Logs {
  return new Logs(settings, null);
}

/** NO_COLOR: https://no-color.org */
function colours(): boolean {
  return process.stdout.isTTY && (process.env.NO_COLOR ?? '') === '';
}

/**
 * Node writes pipes, sockets and terminals through a socket, which waits in the kernel and not in a thread. Everything
 * else (files, /dev/null) it would write synchronously.
 */
function standardOutput(): LineSink {
  const { stdout } = process;
  return (stdout as unknown) instanceof Socket ? new StreamSink(stdout, STDOUT) : new FileSink(STDOUT);
}
