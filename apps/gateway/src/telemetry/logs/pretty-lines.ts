import { prettyFactory } from 'pino-pretty';

/** Fields of a request that its message tells already. */
const TOLD = 'kind,method,path,status,ms';

// oxlint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g;

/**
 * Gives lines the form that people read on a terminal. What a client has sent reaches it as text only: in JSON control
 * characters are escaped, and here they are once more.
 *
 * @returns what gives a line, an object in JSON, that form
 */
export function prettyLines(colorize: boolean): (line: string) => string {
  const print = prettyFactory({
    colorize,
    singleLine: true,
    translateTime: 'SYS:HH:MM:ss.l',
    ignore: 'context',
    messageFormat: (log, key) => {
      const context = typeof log.context === 'string' ? `[${log.context}] ` : '';
      const message = log[key];
      return typeof message === 'string' ? context + message : context;
    },
  });
  const printRequest = prettyFactory({
    colorize,
    singleLine: true,
    translateTime: 'SYS:HH:MM:ss.l',
    ignore: TOLD,
    messageFormat: (log) => {
      const { method, path, status, ms } = log as unknown as Line;
      return `${method} ${path} ${status} ${ms.total} ms`;
    },
  });
  return (line) => {
    const fields = visible(JSON.parse(line) as Record<string, unknown>);
    return (fields.kind === 'request' ? printRequest : print)(fields) ?? '';
  };
}

interface Line {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly ms: { readonly total: number };
}

function visible(fields: Record<string, unknown>): Record<string, unknown> {
  for (const [key, value] of Object.entries(fields)) {
    if (typeof value === 'string') fields[key] = key === 'stack' ? stackText(value) : plain(value);
    else if (typeof value === 'object' && value !== null) visible(value as Record<string, unknown>);
  }
  return fields;
}

/** The lines of a stack are its own. */
function stackText(stack: string): string {
  return stack.split('\n').map(plain).join('\n');
}

function plain(text: string): string {
  return text.replace(CONTROL, (char) => `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`);
}
