import { Transform } from 'node:stream';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Answer, Problem, problems, TAKEN, type InnerRequest, type StageHooks, type StageType } from '@app/gateway';
import { call, open } from '../helpers/call.js';
import { eventually } from '../helpers/eventually.js';
import { startHttpUpstream, type HttpUpstream } from '../helpers/http-upstream.js';
import { stageOf } from '../helpers/stage-of.js';
import { startGateway, type RunningGateway } from '../helpers/start-gateway.js';

let upstream: HttpUpstream;
let other: HttpUpstream;
let gateway: RunningGateway | null = null;
let log: string[];
/** What the upstream does with a request; the default answers 200. */
let statuses: number[];

beforeAll(async () => {
  const listener =
    (name: string) =>
    (_: unknown, response: import('node:http').ServerResponse): void => {
      response.writeHead(statuses.shift() ?? 200, { 'x-target': name, 'retry-after': '0' }).end('hello');
    };
  upstream = await startHttpUpstream((request, response) => {
    if (request.url === '/r/hang') return;
    if (request.url === '/r/large') {
      response.end(Buffer.alloc(1_000_000));
      return;
    }
    if (request.url === '/r/slow') {
      setTimeout(() => response.end('slow'), 150);
      return;
    }
    if (request.url === '/r/torn') {
      response.writeHead(200, { 'content-length': 10 }).write('half');
      setTimeout(() => response.destroy(), 5);
      return;
    }
    listener('a')(request, response);
  });
  other = await startHttpUpstream(listener('b'));
});

afterAll(async () => {
  await upstream.close();
  await other.close();
});

beforeEach(() => {
  log = [];
  statuses = [];
});

afterEach(async () => {
  await gateway?.close();
  gateway = null;
});

async function start(stages: readonly StageType[], targets = [upstream.url]): Promise<string> {
  gateway = await startGateway(
    {
      upstreams: { u: { targets: targets.map((url) => ({ url })), balance: 'round-robin' } },
      routes: [{ id: 'r', match: { path: '/r/*' }, upstream: 'u' }],
    },
    { stages },
  );
  return gateway.url;
}

/** Notes what it is told of tries. */
function watching(name: string, more: StageHooks = {}): StageHooks {
  return {
    attempt: () => void log.push(`${name} attempt`),
    settle: (_, status, failure) => void log.push(`${name} settle ${failure ?? status}`),
    broken: (_, failure) => void log.push(`${name} broken ${failure}`),
    end: () => void log.push(`${name} end`),
    ...more,
  };
}

describe('stages that watch tries', () => {
  it('are told once before a try and once of its end', async () => {
    const url = await start([stageOf(watching('a'))]);
    expect((await call(`${url}/r/x`)).text).toBe('hello');
    await eventually('the end of the request', () => log.includes('a end'));
    expect(log).toEqual(['a attempt', 'a settle 200', 'a end']);
  });

  it('are told that a client left', async () => {
    const url = await start([stageOf(watching('a'))]);
    const request = open(`${url}/r/hang`);
    request.on('error', () => undefined).end();
    await eventually('the try', () => upstream.requests.some((seen) => seen.url === '/r/hang'));
    request.destroy();
    await eventually('the end of the request', () => log.includes('a end'));
    expect(log).toEqual(['a attempt', 'a settle aborted', 'a end']);
  });

  it('are told of a connection that could not be made, and of a reply that broke off', async () => {
    const url = await start([stageOf(watching('a'))], ['http://127.0.0.1:1']);
    expect((await call(`${url}/r/x`)).status).toBe(502);
    await eventually('the end of the request', () => log.includes('a end'));
    expect(log).toEqual(['a attempt', 'a settle connect-failed', 'a end']);
    await gateway?.close();
    log = [];
    const second = await start([stageOf(watching('a'))]);
    await expect(call(`${second}/r/torn`)).rejects.toThrow();
    await eventually('the end of the request', () => log.includes('a end'));
    expect(log.slice(0, 3)).toEqual(['a attempt', 'a settle 200', 'a broken reset']);
  });

  it('may forbid a try, and then those above are told that theirs is over', async () => {
    const refusing = stageOf({ attempt: () => new Problem(problems.loop) }, 'b', 'a');
    const url = await start([stageOf(watching('a'), 'a'), refusing]);
    const before = upstream.requests.length;
    expect((await call(`${url}/r/x`)).status).toBe(508);
    expect(upstream.requests).toHaveLength(before);
    await eventually('the end of the request', () => log.includes('a end'));
    expect(log).toEqual(['a attempt', 'a settle aborted', 'a end']);
  });

  it('may ask for another try, which goes to another target', async () => {
    let left = 2;
    const retrying = watching('a', { retry: (_, status) => (status === 503 && left-- > 0 ? 1 : -1) });
    const url = await start([stageOf(retrying)], [upstream.url, other.url]);
    statuses = [503, 503];
    const before = [upstream.requests.length, other.requests.length];
    const reply = await call(`${url}/r/x`);
    expect([reply.status, reply.text]).toEqual([200, 'hello']);
    await eventually('the end of the request', () => log.includes('a end'));
    expect(log).toEqual([
      'a attempt',
      'a settle 503',
      'a attempt',
      'a settle 503',
      'a attempt',
      'a settle 200',
      'a end',
    ]);
    const seen = [upstream.requests.length - before[0], other.requests.length - before[1]];
    expect(new Set(seen)).toEqual(new Set([1, 2]));
  });

  it('are not asked for another try of a body that was streamed', async () => {
    const retrying = watching('a', { retry: () => 0 });
    const url = await start([stageOf(retrying)]);
    statuses = [503];
    const reply = await call(`${url}/r/x`, {
      method: 'POST',
      headers: { 'transfer-encoding': 'chunked' },
      body: 'abc',
    });
    expect(reply.status).toBe(503);
  });
});

describe('bodies that several stages transform', () => {
  it('pass the lowest stage first', async () => {
    const append = (text: string): StageHooks => ({
      body: () =>
        new Transform({
          transform: (chunk, _, done) => done(null, chunk),
          flush(done) {
            this.push(text);
            done();
          },
        }),
    });
    const url = await start([stageOf(append(' above'), 'a'), stageOf(append(' below'), 'b', 'a')]);
    expect((await call(`${url}/r/x`)).text).toBe('hello below above');
  });
});

describe('a request that a stage makes by itself', () => {
  /** Asks the stages below, and answers with what came. */
  function asking(seen: string[] = []): StageHooks {
    return {
      request: (context) =>
        new Promise((resolve) => {
          let status = 0;
          let text = '';
          context.flow.ask(context, (head) => head.fields.push('x-inner', '1'), {
            onHead: (head, problem) => {
              status = head.status;
              seen.push(problem?.type.code ?? 'reply');
            },
            onData: (chunk) => {
              text += Buffer.from(chunk).toString();
              return true;
            },
            onEnd: () => resolve(new Answer(status, [], `asked: ${text}`)),
            onCut: () => resolve(new Answer(200, [], 'cut')),
          });
        }),
    };
  }

  it('passes the stages below once, and those above not at all', async () => {
    const url = await start([stageOf(asking(), 'a'), stageOf(watching('b'), 'b', 'a')]);
    expect((await call(`${url}/r/x`)).text).toBe('asked: hello');
    expect(upstream.requests.at(-1)?.headers['x-inner']).toBe('1');
    expect(log).toEqual(['b attempt', 'b settle 200', 'b end']);
  });

  it('is told of what a stage below refuses with', async () => {
    const seen: string[] = [];
    const refusing = stageOf({ request: () => new Problem(problems.loop) }, 'b', 'a');
    const url = await start([stageOf(asking(seen), 'a'), refusing]);
    expect((await call(`${url}/r/x`)).status).toBe(508);
    expect(seen).toEqual(['loop-detected']);
  });

  it('gets the bytes that it wants, and no more until it wants them', async () => {
    let held = 0;
    let inner: InnerRequest | null = null;
    let paused = false;
    let overrun = false;
    const picky: StageHooks = {
      request: (context) =>
        new Promise((resolve) => {
          inner = context.flow.ask(context, () => undefined, {
            onHead: () => undefined,
            onData(chunk) {
              held += chunk.byteLength;
              overrun ||= paused;
              paused = true;
              setImmediate(() => {
                paused = false;
                inner?.resume();
              });
              return false;
            },
            onEnd: () => resolve(new Answer(200, [], `${held} bytes`)),
            onCut: () => resolve(new Answer(200, [], 'cut')),
          });
        }),
    };
    const url = await start([stageOf(picky, 'a'), stageOf(watching('b'), 'b', 'a')]);
    expect((await call(`${url}/r/large`)).text).toBe('1000000 bytes');
    expect(overrun).toBe(false);
    expect(log).toEqual(['b attempt', 'b settle 200', 'b end']);
  });

  it('has its body transformed by the stages below', async () => {
    const shout: StageHooks = {
      body: () => new Transform({ transform: (chunk: Buffer, _, done) => done(null, chunk.toString().toUpperCase()) }),
    };
    const url = await start([stageOf(asking(), 'a'), stageOf(shout, 'b', 'a')]);
    expect((await call(`${url}/r/x`)).text).toBe('asked: HELLO');
  });

  it('passes a problem from below up as the reply that it would have been', async () => {
    const passing: StageHooks = {
      request(context) {
        context.flow.ask(context, () => undefined, {
          onHead: (_, problem) => {
            if (problem !== null) context.flow.reply(context, problem);
          },
          onData: () => true,
          onEnd: () => undefined,
          onCut: () => undefined,
        });
        return TAKEN;
      },
    };
    const url = await start([stageOf(passing, 'a')], ['http://127.0.0.1:1']);
    const reply = await call(`${url}/r/x`);
    expect([reply.status, reply.field('content-type')]).toEqual([502, 'application/problem+json']);
    expect(reply.json).toMatchObject({ code: 'upstream-unreachable', instance: '/r/x' });
    expect((reply.json as { requestId: string }).requestId).toBe(reply.field('x-request-id'));
  });

  it('goes on when the client leaves, and ends with its own end', async () => {
    let ended = '';
    const outliving: StageHooks = {
      request(context) {
        context.flow.ask(context, () => undefined, {
          onHead: () => undefined,
          onData: (chunk) => {
            ended += Buffer.from(chunk).toString();
            return true;
          },
          onEnd: () => (ended += ' end'),
          onCut: () => (ended += ' cut'),
        });
        return TAKEN;
      },
      end: () => void log.push('a end'),
    };
    const url = await start([stageOf(outliving, 'a'), stageOf(watching('b'), 'b', 'a')]);
    const request = open(`${url}/r/slow`);
    request.on('error', () => undefined).end();
    await eventually('the try', () => upstream.requests.some((seen) => seen.url === '/r/slow'));
    request.destroy();
    await eventually('the end of the inner request', () => log.includes('b end'));
    expect([ended, log]).toEqual(['slow end', ['b attempt', 'a end', 'b settle 200', 'b end']]);
  });

  it('is told of a reply that breaks off', async () => {
    const url = await start([stageOf(asking(), 'a')]);
    expect((await call(`${url}/r/torn`)).text).toBe('cut');
  });

  it('frees its upstream at once when it is given up', async () => {
    const aborting: StageHooks = {
      request(context) {
        const inner = context.flow.ask(context, () => undefined, {
          onHead: () => undefined,
          onData: () => true,
          onEnd: () => undefined,
          onCut: () => undefined,
        });
        return new Promise((resolve) => {
          setTimeout(() => {
            inner.abort();
            resolve(new Answer(200, [], 'given up'));
          }, 30);
        });
      },
    };
    const url = await start([stageOf(aborting, 'a'), stageOf(watching('b'), 'b', 'a')]);
    expect((await call(`${url}/r/hang`)).text).toBe('given up');
    expect(log).toEqual(['b attempt', 'b settle aborted', 'b end']);
    await eventually('the connection of the given up request', () => upstream.sockets.size === 0);
  });
});
