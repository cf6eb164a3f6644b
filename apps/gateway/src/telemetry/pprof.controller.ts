import {
  BadRequestException,
  ConflictException,
  Controller,
  Get,
  Header,
  Inject,
  Query,
  Req,
  StreamableFile,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { activeResources, Profiler, ProfilerBusyError, watchLoopDelay } from '@app/observability';
import type { FastifyRequest } from 'fastify';
import { getHeapSpaceStatistics } from 'node:v8';

const SECONDS_DEFAULT = 30;
const LOOP_SECONDS_DEFAULT = 10;
const SECONDS_MAX = 300;

/** Profiles where Go programs have them, in the format that `go tool pprof` opens. */
@Controller('debug/pprof')
export class PprofController implements OnApplicationShutdown {
  private readonly ending = new AbortController();

  constructor(@Inject(Profiler) private readonly profiler: Profiler) {}

  @Get()
  @Header('content-type', 'text/html; charset=utf-8')
  index(): string {
    const entries = [
      ['profile?seconds=30', 'CPU profile (pprof)'],
      ['heap', 'sampled heap profile (pprof)'],
      ['heap?debug=1', 'heap in numbers (text)'],
      ['allocs?seconds=30', 'sampled allocations (pprof)'],
      ['loop?seconds=10', 'delay of the event loop (text)'],
      ['goroutine?debug=1', 'active handles, requests and timers (text)'],
    ];
    const items = entries.map(([path, what]) => `<li><a href="/debug/pprof/${path}">${path}</a> ${what}</li>`);
    return `<!doctype html><title>profiles</title><h1>Profiles</h1><ul>${items.join('')}</ul>`;
  }

  /** CPU profile over `seconds` (default 30, at most 300); one at a time. */
  @Get('profile')
  async profile(@Query('seconds') given: string | undefined, @Req() request: FastifyRequest): Promise<StreamableFile> {
    const seconds = secondsOf(given, SECONDS_DEFAULT);
    return file(await this.exclusively(this.profiler.cpu(seconds, this.untilGone(request)), 'CPU'));
  }

  /** Heap profile; with `debug=1` the size of each heap space in text. */
  @Get('heap')
  async heap(@Query('debug') debug: string | undefined): Promise<StreamableFile> {
    if (debug === '1') return text(heapLines());
    return file(await this.exclusively(this.profiler.heap(), 'allocation'));
  }

  /** What is allocated over `seconds` (default 30, at most 300), whether it is still in use or not; one at a time. */
  @Get('allocs')
  async allocs(@Query('seconds') given: string | undefined, @Req() request: FastifyRequest): Promise<StreamableFile> {
    const seconds = secondsOf(given, SECONDS_DEFAULT);
    return file(await this.exclusively(this.profiler.allocations(seconds, this.untilGone(request)), 'allocation'));
  }

  /** How late the event loop is over `seconds` (default 10, at most 300). */
  @Get('loop')
  async loop(@Query('seconds') given: string | undefined, @Req() request: FastifyRequest): Promise<StreamableFile> {
    return text(await watchLoopDelay(secondsOf(given, LOOP_SECONDS_DEFAULT), this.untilGone(request)));
  }

  /** Node's counterpart of goroutines: what is active, by kind; the first line has the total. */
  @Get('goroutine')
  goroutine(): StreamableFile {
    const { total, byKind } = activeResources();
    const lines = Object.entries(byKind).sort(([, a], [, b]) => b - a);
    return text([`goroutine profile: total ${total}`, ...lines.map(([kind, count]) => `${count} ${kind}`)]);
  }

  onApplicationShutdown(): void {
    this.ending.abort();
    this.profiler.stop();
  }

  /** A profile that nobody waits for any more is ended, and so are all when the gateway ends. */
  private untilGone(request: FastifyRequest): AbortSignal {
    const gone = new AbortController();
    request.raw.socket.once('close', () => gone.abort());
    return AbortSignal.any([gone.signal, this.ending.signal]);
  }

  private async exclusively(profile: Promise<Buffer>, kind: string): Promise<Buffer> {
    try {
      return await profile;
    } catch (error) {
      if (error instanceof ProfilerBusyError) throw new ConflictException(`another ${kind} profile is being taken`);
      throw error;
    }
  }
}

function secondsOf(given: string | undefined, otherwise: number): number {
  const seconds = given === undefined ? otherwise : Number(given);
  if (seconds > 0 && seconds <= SECONDS_MAX) return seconds;
  throw new BadRequestException(`seconds must be a number above 0 and at most ${SECONDS_MAX}`);
}

function heapLines(): string[] {
  const { rss, heapTotal, heapUsed, external, arrayBuffers } = process.memoryUsage();
  const totals = { rss, heapTotal, heapUsed, external, arrayBuffers };
  return [
    `heap profile: ${heapUsed} bytes in use`,
    ...Object.entries(totals).map(([name, bytes]) => `# ${name} = ${bytes}`),
    ...getHeapSpaceStatistics().map(
      ({ space_name, space_used_size, space_size }) => `# ${space_name} = ${space_used_size} of ${space_size}`,
    ),
  ];
}

function text(lines: readonly string[]): StreamableFile {
  return new StreamableFile(Buffer.from(`${lines.join('\n')}\n`), { type: 'text/plain; charset=utf-8' });
}

function file(profile: Buffer): StreamableFile {
  return new StreamableFile(profile, { type: 'application/octet-stream' });
}
