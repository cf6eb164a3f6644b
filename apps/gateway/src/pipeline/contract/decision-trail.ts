/** What was decided about one request, stage by stage, for somebody who has the right to know. */
export class DecisionTrail {
  private readonly steps: { readonly at: number; readonly stage: string; verdict: string; readonly ms: number }[] = [];

  /** @param startedAt time at which the request head had arrived, in milliseconds of `performance.now()` */
  constructor(private readonly startedAt: number) {}

  /** @param at place of the stage in its route; a further word of the same stage replaces the one before */
  note(at: number, stage: string, verdict: string): void {
    const last = this.steps.at(-1);
    if (last?.at === at) last.verdict = verdict;
    else this.steps.push({ at, stage, verdict, ms: performance.now() - this.startedAt });
  }

  /** As a list of a structured field (RFC 9651): `authenticate;verdict=pass;at=0.12`. */
  toString(): string {
    return this.steps
      .toSorted((a, b) => a.at - b.at)
      .map(({ stage, verdict, ms }) => `${stage};verdict=${verdict};at=${ms.toFixed(2)}`)
      .join(', ');
  }
}
