import { createServer, type AddressInfo, type Socket } from 'node:net';
import { createServer as createTlsServer, TLSSocket } from 'node:tls';
import type { Certificate } from '../certificate-authority.js';
import type { SeededRandom } from '../seeded-random.js';

export interface HostileUpstream {
  readonly port: number;
  /** How often each thing was done. */
  readonly deeds: ReadonlyMap<string, number>;
  close(): Promise<void>;
}

/** The body that belongs to a tag: every byte tells whose it is. */
export function taggedBody(tag: string, bytes: number): string {
  return `[${tag}]`.repeat(Math.ceil(bytes / (tag.length + 2))).slice(0, bytes);
}

/**
 * A whole response that belongs to nobody. It is always on its way together with the response before it: what an upstream
 * sends later may cross the next request, and then nobody can tell that it is no answer to it.
 */
const STRAY = 'HTTP/1.1 200 OK\r\nx-for: stray\r\ncontent-length: 7\r\n\r\n[stray]';

interface Asked {
  readonly tag: string;
  readonly head: boolean;
  readonly random: SeededRandom;
  readonly socket: Socket;
}

const size = ({ random }: Asked): number => (random.chance(0.1) ? random.below(300_000) : random.below(3_000));

function counted(asked: Asked, declared: number, bytes: number): string {
  const body = asked.head ? '' : taggedBody(asked.tag, bytes);
  return `HTTP/1.1 200 OK\r\nx-for: ${asked.tag}\r\ncontent-length: ${declared}\r\n\r\n${body}`;
}

function chunked(asked: Asked, bytes = size(asked)): string {
  const head = `HTTP/1.1 200 OK\r\nx-for: ${asked.tag}\r\ntransfer-encoding: chunked\r\n\r\n`;
  if (asked.head) return head;
  const body = taggedBody(asked.tag, bytes);
  let text = head;
  for (let at = 0; at < body.length;) {
    const piece = body.slice(at, at + 1 + asked.random.below(20_000));
    text += `${piece.length.toString(16)}\r\n${piece}\r\n`;
    at += piece.length;
  }
  return `${text}0\r\nx-for: ${asked.tag}\r\n\r\n`;
}

function good(asked: Asked, bytes = size(asked)): string {
  const interim = asked.random.chance(0.1) ? 'HTTP/1.1 103 Hints\r\n\r\n' : '';
  return interim + (asked.random.chance(0.5) ? counted(asked, bytes, bytes) : chunked(asked, bytes));
}

/** Writes in several segments, one turn of the event loop after another. */
function trickle({ socket, random }: Asked, text: string): void {
  const at = random.below(text.length);
  socket.write(text.slice(0, at), 'latin1');
  setImmediate(() => socket.write(text.slice(at), 'latin1'));
}

const write = (asked: Asked, text: string): void => void asked.socket.write(text, 'latin1');

/** By a reset, where the socket can. */
function kill(socket: Socket): void {
  if (socket instanceof TLSSocket) socket.destroy();
  else socket.resetAndDestroy();
}

/** What is done with a request, and how often beside the others. */
const deeds: readonly [string, number, (asked: Asked) => void][] = [
  ['answers', 60, (asked) => write(asked, good(asked))],
  ['answers in pieces', 10, (asked) => trickle(asked, good(asked))],
  ['answers without a body', 3, (asked) => write(asked, `HTTP/1.1 204 No Content\r\nx-for: ${asked.tag}\r\n\r\n`)],
  [
    'answers until the end',
    2,
    (asked) => {
      write(asked, `HTTP/1.1 200 OK\r\nx-for: ${asked.tag}\r\n\r\n${taggedBody(asked.tag, size(asked))}`);
      asked.socket.end();
    },
  ],
  [
    'says close and does not',
    2,
    (asked) => write(asked, counted(asked, 50, 50).replace('x-for', 'connection: close\r\nx-for')),
  ],
  ['is too long', 2, (asked) => write(asked, counted(asked, 20, 20) + STRAY)],
  ['is too long by a byte', 2, (asked) => write(asked, `${counted(asked, 20, 20)}\n`)],
  [
    'is too long by a segment',
    2,
    (asked) => {
      // TLS would send the second only when the first has left.
      if (asked.socket instanceof TLSSocket) write(asked, counted(asked, 20, 20) + STRAY);
      else for (const text of [counted(asked, 20, 20), STRAY]) write(asked, text);
    },
  ],
  [
    'is too long where a buffer ends',
    2,
    (asked) => {
      // As many digits whatever the length: the head is as long with another one.
      const headOf = (length: number): string =>
        `HTTP/1.1 200 OK\r\nx-for: ${asked.tag}\r\ncontent-length: ${String(length).padStart(5, '0')}\r\n\r\n`;
      const bytes = 16_384 * (1 + asked.random.below(3)) - headOf(0).length;
      const whole = headOf(bytes) + (asked.head ? '' : taggedBody(asked.tag, bytes));
      write(asked, whole + STRAY);
    },
  ],
  ['answers thrice', 2, (asked) => write(asked, good(asked, 1_000) + STRAY + good(asked, 10))],
  [
    'has a body where there is none',
    2,
    (asked) => write(asked, `HTTP/1.1 304 Not Modified\r\nx-for: ${asked.tag}\r\ncontent-length: 9\r\n\r\n${STRAY}`),
  ],
  ['has more behind its chunks', 2, (asked) => write(asked, chunked(asked, 2_000) + STRAY)],
  [
    'is too short',
    2,
    (asked) => {
      write(asked, counted(asked, 2_000, asked.random.below(2_000)));
      asked.socket.end();
    },
  ],
  ['breaks off in its head', 1, (asked) => asked.socket.end(`HTTP/1.1 200 OK\r\nx-for: ${asked.tag}\r\n`)],
  ['resets', 1, ({ socket }) => kill(socket)],
  [
    'resets in its body',
    1,
    (asked) => {
      write(asked, counted(asked, 100_000, asked.random.below(60_000)));
      setImmediate(kill, asked.socket);
    },
  ],
  ['closes', 1, ({ socket }) => socket.end()],
  ['is silent', 0.2, () => undefined],
  ['stops in its body', 0.2, (asked) => write(asked, counted(asked, 100, 10))],
  ['sends garbage', 1, (asked) => write(asked, taggedBody(asked.tag, 50))],
  ['sends both framings', 1, (asked) => write(asked, chunked(asked).replace('x-for', 'content-length: 4\r\nx-for'))],
  ['sends a broken chunk', 1, (asked) => write(asked, chunked(asked).replace('\r\n0\r\n', '\r\nx0\r\n'))],
  ['switches protocols', 0.5, (asked) => write(asked, `HTTP/1.1 101 X\r\nupgrade: x\r\n\r\n${STRAY}`)],
];
const total = deeds.reduce((sum, [, weight]) => sum + weight, 0);

/** An upstream that does all that goes wrong, at random, and now and then kills connections that rest. */
export async function startHostileUpstream(random: SeededRandom, tls: Certificate | null): Promise<HostileUpstream> {
  const done = new Map<string, number>();
  const sockets = new Set<Socket>();
  const accept = (socket: Socket): void => {
    sockets.add(socket);
    let text = '';
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
      const end = text.indexOf('\r\n\r\n');
      if (end < 0) return;
      const [, method, tag] = /^(\w+) \/(\S+) /.exec(text) ?? [];
      const length = Number(/\r\ncontent-length: (\d+)/.exec(text)?.[1] ?? 0);
      // Some answers come before the body has.
      const early = random.chance(0.1);
      const whole = text.includes('chunked') ? text.endsWith('0\r\n\r\n') : text.length - end - 4 >= length;
      if (!whole && !early) return;
      text = '';
      // The rest of that request is not read as another.
      if (!whole) socket.removeAllListeners('data').resume();
      let pick = random.next() * total;
      const [name, , act] = deeds.find(([, weight]) => (pick -= weight) < 0) ?? deeds[0];
      done.set(name, (done.get(name) ?? 0) + 1);
      act({ tag, head: method === 'HEAD', random, socket });
    });
  };
  const server = tls === null ? createServer({ noDelay: true }, accept) : createTlsServer({ ...tls }, accept);
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const killer = setInterval(() => {
    for (const socket of sockets) if (random.chance(0.05)) kill(socket);
  }, 20);
  return {
    port: (server.address() as AddressInfo).port,
    deeds: done,
    close: () =>
      new Promise((resolve) => {
        clearInterval(killer);
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}
