import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { Events } from '../../pipeline/contract/events.js';
import type { RequestContext } from '../../pipeline/contract/request-context.js';
import { requestEnded } from '../../pipeline/request-events.js';
import { WHOLE_PROCESS, type WholeProcess } from '../../workers/whole-process.js';
import type { ProblemType } from '../../problems/problem-type.js';

const KEPT = 200;
const PATH_CHARACTERS_MAX = 256;

export interface RecentProblem {
  /** Time at which the request ended (ISO 8601). */
  readonly at: string;
  readonly requestId: string;
  readonly code: string;
  readonly status: number;
  readonly fault: string;
  readonly route: string;
  readonly method: string;
  /** Path without its query, which may hold secrets, cut at 256 characters. */
  readonly path: string;
  readonly upstream: string;
  readonly tries: number;
}

/** The last problems that clients were told of, in a ring: however many there are, it holds 200. */
@Injectable()
export class RecentProblems implements OnModuleInit {
  private readonly ring: RecentProblem[] = [];
  private next = 0;

  constructor(
    @Inject(Events) private readonly events: Events,
    @Inject(WHOLE_PROCESS) private readonly whole: WholeProcess,
  ) {
    whole.answer('problems.list', () => this.own());
  }

  onModuleInit(): void {
    this.events.on(requestEnded, (context) => {
      if (context.problem !== null) this.keep(context, context.problem.type);
    });
  }

  /** Those of all workers, the newest first. */
  async list(): Promise<RecentProblem[]> {
    const lists = await this.whole.ask<RecentProblem[]>('problems.list');
    if (lists.length === 1) return lists[0];
    return lists
      .flat()
      .toSorted((a, b) => Date.parse(b.at) - Date.parse(a.at))
      .slice(0, KEPT);
  }

  /** Those of this worker, the newest first. */
  own(): RecentProblem[] {
    return [...this.ring.slice(this.next), ...this.ring.slice(0, this.next)].reverse();
  }

  private keep({ head, route, upstream, tries }: RequestContext, { code, status, fault }: ProblemType): void {
    this.ring[this.next] = {
      at: new Date().toISOString(),
      requestId: head.id,
      code,
      status,
      fault,
      route: route.id,
      method: head.method,
      path: head.path.slice(0, PATH_CHARACTERS_MAX),
      upstream,
      tries,
    };
    this.next = (this.next + 1) % KEPT;
  }
}
