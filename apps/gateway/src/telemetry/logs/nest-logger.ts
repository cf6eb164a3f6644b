import type { LoggerService } from '@nestjs/common';
import type { Logs } from './logs.js';

/** What Nest tells about its own start: worth a line only to who looks for a mistake in it. */
const framework: ReadonlySet<unknown> = new Set([
  'InstanceLoader',
  'NestApplication',
  'NestFactory',
  'RouterExplorer',
  'RoutesResolver',
]);

/** Keys of a line that are not for whoever logs an object. */
const reserved: ReadonlySet<string> = new Set(['level', 'time', 'msg', 'context']);

type PinoLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal';

/**
 * Nest's loggers, written into the one stream. `new Logger('Breaker').warn({ msg: 'opened', upstream })` makes a line
 * with these fields; a text makes a line with that message. `log` is level info, `verbose` is trace.
 */
export class NestLogger implements LoggerService {
  constructor(private readonly logs: Logs) {}

  log(message: unknown, ...params: unknown[]): void {
    this.tell(framework.has(params.at(-1)) ? 'debug' : 'info', message, params);
  }

  error(message: unknown, ...params: unknown[]): void {
    this.tell('error', message, params);
  }

  warn(message: unknown, ...params: unknown[]): void {
    this.tell('warn', message, params);
  }

  debug(message: unknown, ...params: unknown[]): void {
    this.tell('debug', message, params);
  }

  verbose(message: unknown, ...params: unknown[]): void {
    this.tell('trace', message, params);
  }

  fatal(message: unknown, ...params: unknown[]): void {
    this.tell('fatal', message, params);
  }

  private tell(level: PinoLevel, message: unknown, params: readonly unknown[]): void {
    const { pino } = this.logs;
    if (!pino.isLevelEnabled(level)) return;
    // Nest puts the name of the logger last, and a stack before it.
    const rest = [...params];
    const context = typeof rest.at(-1) === 'string' ? rest.pop() : undefined;
    const fields: Record<string, unknown> = context === undefined ? {} : { context };
    const stack = rest.find((param) => typeof param === 'string');
    if (stack !== undefined) fields.stack = stack;
    if (message instanceof Error) {
      fields.stack ??= message.stack;
      pino[level](fields, message.message);
    } else if (typeof message === 'object' && message !== null) {
      for (const [key, value] of Object.entries(message)) if (!reserved.has(key)) fields[key] = value;
      const { msg } = message as { msg?: unknown };
      if (typeof msg === 'string') pino[level](fields, msg);
      else pino[level](fields);
    } else pino[level](fields, String(message));
  }
}
