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
import { Profiler, ProfilerBusyError } from '@app/observability';
import type { FastifyRequest } from 'fastify';
import { SHARED_MEMORY, type SharedMemory } from '../workers/shared-memory.js';
import { WorkerProfiles, type ProfileOrder } from './worker-profiles.js';
import { WorkerRuntimes } from './worker-runtimes.js';

const SECONDS_DEFAULT = 30;
const LOOP_SECONDS_DEFAULT = 10;
const SECONDS_MAX = 300;

/**
 * Profiles where Go programs have them, in the format that `go tool pprof` opens. They are those of all workers in one,
 * or of one with `worker=` and its index.
 */
@Controller('debug/pprof')
export class PprofController implements OnApplicationShutdown {
  private readonly ending = new AbortController();

  constructor(
    @Inject(Profiler) private readonly profiler: Profiler,
    @Inject(WorkerProfiles) private readonly profiles: WorkerProfiles,
    @Inject(WorkerRuntimes) private readonly runtimes: WorkerRuntimes,
    @Inject(SHARED_MEMORY) private readonly memory: SharedMemory | null,
  ) {}

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
  profile(@Query() query: ProfileQuery, @Req() request: FastifyRequest): Promise<StreamableFile> {
    return this.take('cpu', secondsOf(query.seconds, SECONDS_DEFAULT), query, request);
  }

  /** Heap profile; with `debug=1` the size of each heap space in text. */
  @Get('heap')
  async heap(@Query() query: ProfileQuery, @Req() request: FastifyRequest): Promise<StreamableFile> {
    return query.debug === '1' ? text(await this.runtimes.heap()) : this.take('heap', 0, query, request);
  }

  /** What is allocated over `seconds` (default 30, at most 300), whether it is still in use or not; one at a time. */
  @Get('allocs')
  allocs(@Query() query: ProfileQuery, @Req() request: FastifyRequest): Promise<StreamableFile> {
    return this.take('allocations', secondsOf(query.seconds, SECONDS_DEFAULT), query, request);
  }

  /** How late the event loop is over `seconds` (default 10, at most 300). */
  @Get('loop')
  async loop(@Query() { seconds }: ProfileQuery, @Req() request: FastifyRequest): Promise<StreamableFile> {
    return text(await this.runtimes.loops(secondsOf(seconds, LOOP_SECONDS_DEFAULT), this.untilGone(request)));
  }

  /** Node's counterpart of goroutines: what is active, by kind; the first line has the total. */
  @Get('goroutine')
  async goroutine(): Promise<StreamableFile> {
    return text(await this.runtimes.resources());
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

  private async take(
    kind: ProfileOrder['kind'],
    seconds: number,
    query: ProfileQuery,
    request: FastifyRequest,
  ): Promise<StreamableFile> {
    const worker = this.workerOf(query.worker);
    let profile: Uint8Array | null;
    try {
      profile = await this.profiles.take({ kind, seconds, worker }, this.untilGone(request));
    } catch (error) {
      if (!(error instanceof ProfilerBusyError)) throw error;
      throw new ConflictException(`another ${kind === 'cpu' ? 'CPU' : 'allocation'} profile is being taken`);
    }
    if (profile === null) throw new ConflictException(`worker ${worker} is busy with another profile, or starts anew`);
    return new StreamableFile(profile, { type: 'application/octet-stream' });
  }

  private workerOf(given: string | undefined): number | null {
    if (given === undefined) return null;
    const workers = this.memory?.workers ?? 1;
    if (/^\d{1,3}$/.test(given) && Number(given) < workers) return Number(given);
    throw new BadRequestException(`worker must be the index of one, from 0 to ${workers - 1}`);
  }
}

interface ProfileQuery {
  readonly seconds?: string;
  readonly debug?: string;
  readonly worker?: string;
}

function secondsOf(given: string | undefined, otherwise: number): number {
  const seconds = given === undefined ? otherwise : Number(given);
  if (seconds > 0 && seconds <= SECONDS_MAX) return seconds;
  throw new BadRequestException(`seconds must be a number above 0 and at most ${SECONDS_MAX}`);
}

function text(lines: readonly string[]): StreamableFile {
  return new StreamableFile(Buffer.from(`${lines.join('\n')}\n`), { type: 'text/plain; charset=utf-8' });
}
