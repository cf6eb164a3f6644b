import type { FromWorker, Listening, StartFailure } from './messages.js';
import { QuestionHub } from './question-hub.js';
import { RestartPause } from './restart-pause.js';
import { SharedRegions } from './shared-regions.js';
import { WorkerStandings } from './worker-standings.js';
import { WorkerThread, type WorkerEnd, type WorkerThreadOptions } from './worker-thread.js';

/** What a drain takes beyond the time that running requests have. */
const DRAIN_MARGIN_MS = 5_000;

export interface SupervisorOptions extends Pick<WorkerThreadOptions, 'entry' | 'source' | 'processName' | 'lines'> {
  /** How many workers there are. */
  readonly workers: number;
  /** Time that running requests get to finish, in milliseconds. */
  readonly drainTimeoutMs: number;
  /** Told of a worker that has ended without being asked to, and when another takes its place. */
  onWorkerEnded(worker: number, reason: WorkerEnd | StartFailure, restartInMs: number): void;
  onWorkerBack(worker: number): void;
}

/** The first worker could not start, so that nothing will serve. */
export class WorkerStartError extends Error {
  override readonly name = 'WorkerStartError';

  constructor(readonly failure: StartFailure) {
    super(failure.message);
  }
}

/** The place of one worker, whoever holds it. */
interface Place {
  readonly worker: number;
  readonly pause: RestartPause;
  thread: WorkerThread | null;
  /** What the thread said of why it cannot start. */
  failure: StartFailure | null;
  /** Result of its drain. */
  clean: boolean;
  timer: NodeJS.Timeout | undefined;
  /** Told when the first worker of this place listens, or has ended without. */
  settled: ((end: StartFailure | null) => void) | null;
}

/**
 * Starts the workers, keeps them in number, and ends them. It serves no request itself, so nothing that a request does
 * can stop it.
 */
export class Supervisor {
  readonly standings: WorkerStandings;
  private readonly regions: SharedRegions;
  private readonly places: readonly Place[];
  private readonly hub: QuestionHub;
  private listening: Listening | null = null;
  private leader = -1;
  private draining = false;
  private readonly whenEmpty: (() => void)[] = [];

  constructor(private readonly options: SupervisorOptions) {
    const { workers } = options;
    this.regions = new SharedRegions(workers);
    this.standings = new WorkerStandings(
      this.regions.create(WorkerStandings.REGION, WorkerStandings.bytes(workers)),
      workers,
    );
    this.places = Array.from({ length: workers }, (_, worker) => ({
      worker,
      pause: new RestartPause(),
      thread: null,
      failure: null,
      clean: true,
      timer: undefined,
      settled: null,
    }));
    this.hub = new QuestionHub({
      indexes: () => this.serving().map(({ worker }) => worker),
      send: (worker, message) => this.places[worker].thread?.send(message),
    });
  }

  /**
   * Starts the first worker, and then the others on its ports.
   *
   * @returns where they listen, when each has started or failed to: one that failed is tried again
   * @throws WorkerStartError when the first one cannot start
   */
  async start(): Promise<Listening> {
    const [first, ...others] = this.places;
    const failure = await this.begin(first);
    if (failure !== null || this.listening === null) {
      throw new WorkerStartError(failure ?? { message: 'the first worker has ended' });
    }
    await Promise.all(others.map((place) => this.begin(place)));
    return this.listening;
  }

  /**
   * Lets every worker finish what it has begun, and end.
   *
   * @returns true when all of it ended by itself
   */
  async drain(): Promise<boolean> {
    this.draining = true;
    for (const place of this.places) {
      clearTimeout(place.timer);
      if (this.standings.phase(place.worker) === 'serving') {
        this.standings.setPhase(place.worker, 'draining');
        place.clean = false;
        place.thread?.send({ kind: 'drain' });
      } else place.thread?.terminate();
    }
    const late = setTimeout(() => void this.terminate(), this.options.drainTimeoutMs + DRAIN_MARGIN_MS);
    await this.untilEmpty();
    clearTimeout(late);
    return this.places.every(({ clean }) => clean);
  }

  /** Ends all workers where they stand, for good. */
  terminate(): Promise<void> {
    this.draining = true;
    for (const { thread, timer } of this.places) {
      clearTimeout(timer);
      thread?.terminate();
    }
    return this.untilEmpty();
  }

  /** The thread of a worker, for who wants to see it end. */
  threadOf(worker: number): WorkerThread | null {
    return this.places[worker].thread;
  }

  /** @returns why the worker did not come up; null when it serves */
  private begin(place: Place): Promise<StartFailure | null> {
    return new Promise((resolve) => {
      place.settled = resolve;
      this.spawn(place);
    });
  }

  private spawn(place: Place): void {
    const { worker } = place;
    const { entry, source, processName, lines, workers } = this.options;
    const { listening, regions } = this;
    const ports = listening === null ? null : { traffic: listening.port, management: listening.managementPort };
    place.failure = null;
    this.standings.setPhase(worker, 'starting');
    const thread: WorkerThread = new WorkerThread(
      { entry, source, processName, lines, worker, workers, regions, ports },
      (message) => this.hear(place, message),
      (end) => this.ended(place, thread, end),
    );
    place.thread = thread;
  }

  private hear(place: Place, message: FromWorker): void {
    switch (message.kind) {
      case 'listening':
        this.listening ??= message;
        this.serve(place);
        break;
      case 'failed':
        place.failure = message.failure;
        break;
      case 'drained':
        place.clean = message.clean;
        break;
      case 'ask':
        this.hub.ask(place.worker, message);
        break;
      case 'tell':
        this.hub.tell(place.worker, message.question, message.payload);
        break;
      case 'answer':
        this.hub.answer(place.worker, message);
    }
  }

  private serve(place: Place): void {
    if (this.draining) {
      place.thread?.terminate();
      return;
    }
    this.standings.setPhase(place.worker, 'serving');
    this.elect();
    const { settled } = place;
    place.settled = null;
    if (settled === null) this.options.onWorkerBack(place.worker);
    else settled(null);
  }

  private ended(place: Place, thread: WorkerThread, end: WorkerEnd): void {
    const { worker } = place;
    place.thread = null;
    this.standings.setPhase(worker, 'absent');
    this.regions.release(worker);
    this.hub.leave(worker);
    if (this.draining) {
      if (this.places.every((each) => each.thread === null)) for (const resolve of this.whenEmpty.splice(0)) resolve();
      return;
    }
    if (this.leader === worker) this.leader = -1;
    this.elect();
    const reason = place.failure ?? end;
    // Without the first one there are no ports to share, and nothing to wait for.
    if (this.listening === null) {
      place.settled?.(failureOf(reason));
      return;
    }
    const pauseMs = place.pause.next(performance.now() - thread.startedAt);
    this.options.onWorkerEnded(worker, reason, pauseMs);
    this.standings.countRestart(worker);
    place.settled?.(failureOf(reason));
    place.settled = null;
    place.timer = setTimeout(() => this.spawn(place), pauseMs);
  }

  private async untilEmpty(): Promise<void> {
    if (this.places.every(({ thread }) => thread === null)) return;
    await new Promise<void>((resolve) => this.whenEmpty.push(resolve));
  }

  private elect(): void {
    // Whoever leads does so to its end: handing over costs a round of checks.
    if (this.leader >= 0) return;
    const [place] = this.serving();
    if (place === undefined) return;
    this.leader = place.worker;
    place.thread?.send({ kind: 'lead' });
  }

  private serving(): Place[] {
    return this.places.filter(({ worker }) => this.standings.phase(worker) === 'serving');
  }
}

function failureOf(reason: WorkerEnd | StartFailure): StartFailure {
  if ('message' in reason) return reason;
  return reason.error === null
    ? { message: `the worker exited with code ${reason.code} before it listened` }
    : { message: reason.error.message, code: reason.error.code ?? undefined };
}
