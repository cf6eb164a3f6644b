import { LineWriter } from '@app/observability';
import { processOutput, type LogOutput } from './log-output.js';
import { Logs, type LogsConfig } from './logs.js';
import type { LogTarget } from './log-target.js';

/** The log on standard output, for as long as the process lives, or the thread. */
export async function openLogs(settings: LogsConfig, output: LogOutput = processOutput()): Promise<Logs> {
  const pretty = settings.format === 'pretty' || (settings.format === 'auto' && output.tty);
  const writer = new LineWriter(output.sink, settings.bufferBytesMax);
  // What was said last, before a crash, is worth most.
  process.on('exit', () => writer.flushNow());
  const print = pretty ? (await import('./pretty-lines.js')).prettyLines(output.colours) : null;
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
