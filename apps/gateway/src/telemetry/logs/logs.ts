import { jsonText, utcText, type LineBytes, type LineWriter } from '@app/observability';
import { levels, pino, type Logger } from 'pino';
import type { GatewayConfig } from '../../config/schema/gateway.schema.js';
import type { LogLevel } from '../../config/schema/logs.schema.js';
import { REDACTED } from '../query-redactor.js';
import type { LogTarget } from './log-target.js';

export type LogsConfig = GatewayConfig['telemetry']['logs'];

/** What a line costs a reader of terminals: pino leaves these as they are, and JSON does not mind either way. */
const STEERING = /[\u007f-\u009f\u2028\u2029]/;

/** How the lines of one gateway are written, and what may be changed about it. */
export interface LogsOutput {
  readonly target: LogTarget;
  /** The target, when it takes lines as bytes as well. */
  readonly writer: Pick<LineWriter, 'writeBytes'> | null;
  /** For people: what would be noise in a stream of objects may be shown as well. */
  readonly pretty: boolean;
  /** Lines that nobody will see. */
  dropped(): number;
  /** Resolves when every line is out, or the time is up. */
  drain(timeoutMs: number): Promise<void>;
}

/**
 * The log of a gateway: one stream of lines, each one object, whoever has something to say. Classes of the gateway and
 * of teams use Nest's own `Logger`, which ends up here; the lines of requests are built by hand, since that costs a
 * third of what pino needs for them.
 */
export class Logs {
  readonly pino: Logger;
  /** Number of the least level that is written, as pino counts: 10 trace, 20, 30 info, 40, 50 error, 60. */
  threshold = Infinity;

  /** @param output null writes nothing */
  constructor(
    settings: LogsConfig,
    private readonly output: LogsOutput | null,
  ) {
    this.pino = pino(
      {
        base: undefined,
        formatters: { level: (label) => ({ level: label }) },
        timestamp: () => `,"time":"${utcText(Date.now())}"`,
        redact: { paths: settings.redact.fields.flatMap(pathsOf), censor: REDACTED },
      },
      { write: (line: string) => this.write(STEERING.test(line) ? escapeSteering(line) : line) },
    );
    this.level = settings.level;
  }

  get level(): LogLevel {
    return this.pino.level as LogLevel;
  }

  /** Takes effect at once, for all lines. */
  set level(level: LogLevel) {
    const effective = this.output === null ? 'silent' : level;
    this.pino.level = effective;
    this.threshold = effective === 'silent' ? Infinity : levels.values[effective];
  }

  /** False when nothing is ever written, whatever the level. */
  get enabled(): boolean {
    return this.output !== null;
  }

  get pretty(): boolean {
    return this.output?.pretty ?? false;
  }

  get dropped(): number {
    return this.output?.dropped() ?? 0;
  }

  /** Writes a finished line: an object in JSON, with its line feed. */
  write(line: string): void {
    this.output?.target.write(line);
  }

  /** As write(), for a line that has come together as bytes. */
  writeBytes(line: LineBytes): void {
    if (this.output === null) return;
    const { target, writer } = this.output;
    if (writer === null) target.write(line.toString());
    else writer.writeBytes(line);
  }

  /** Writes what has to be read at every level: where the gateway listens, and that it ends. */
  announce(message: string, fields: Readonly<Record<string, string | number>> = {}): void {
    const rest = JSON.stringify(fields).slice(1, -1);
    const time = utcText(Date.now());
    this.write(`{"level":"info","time":"${time}",${rest === '' ? '' : `${rest},`}"msg":${jsonText(message)}}\n`);
  }

  async drain(timeoutMs: number): Promise<void> {
    await this.output?.drain(timeoutMs);
  }
}

/** Where a field may stand in an object that somebody logs: at the top, or one or two levels down, as in `req.headers`. */
function pathsOf(field: string): string[] {
  const asSent = field.replace(/(?:^|-)[a-z]/g, (start) => start.toUpperCase());
  return [field, asSent].flatMap((name) => [`["${name}"]`, `*["${name}"]`, `*.*["${name}"]`]);
}

function escapeSteering(line: string): string {
  return line.replace(
    new RegExp(STEERING, 'g'),
    (unsafe) => `\\u${unsafe.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
