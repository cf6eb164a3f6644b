import type { GatePart, GateRun } from '../gate-run.ts';
import { contractGateway, countsOf, type Counts } from '../measure/contract.ts';
import { CountingUpstream } from '../measure/counting-upstream.ts';
import { inOrder, withBoth, type Both, type Side } from '../measure/pair.ts';
import { countResult, type CountRule } from '../rules/count-rule.ts';
import type { RuleResult } from '../rules/rule-result.ts';

/**
 * Percent of all answers that may be 5xx or broken connections. Where the base has more than half of that, the head may
 * have twice what the base has: a machine that is this busy breaks anybody's.
 */
const ERROR_LIMIT_PERCENT = 1;

/** What the head may have more than the base: a part of it, and so much besides. */
const countRules: Record<keyof Counts, CountRule> = {
  connections: { subject: 'upstream connections', unit: '/1,000 requests', part: 0.2, besides: 10 },
  cacheMisses: { subject: 'asked in spite of the cache', unit: '% of requests', part: 0.2, besides: 2 },
  tries: { subject: 'tries at a failing upstream', unit: '/100 requests', part: 0.1, besides: 5 },
  limiterKeys: { subject: 'keys of limits held', unit: 'keys', part: 0.2, besides: 100 },
  handles: { subject: 'open handles', unit: 'handles', part: 0.2, besides: 10 },
  uploadTaken: { subject: 'upload taken for nobody', unit: 'MiB', part: 0.2, besides: 8 },
  downloadTaken: { subject: 'download taken for nobody', unit: 'MiB', part: 0.2, besides: 8 },
  bodyGrowth: { subject: 'grown by a stalled body', unit: 'MiB', part: 0.2, besides: 24 },
};

/**
 * Counts, once on each side: errors of the whole run, and what a gateway asks of its upstream and holds on to. A count
 * that is beyond its limit is taken again, on fresh processes, and counts only if it is beyond it again.
 */
export const errorsPart: GatePart = {
  name: 'errors',
  share: 0.08,
  async run(run) {
    let found = await onePair(run, run.seed);
    let results = judge(found);
    if (results.some(({ judgement }) => judgement === 'worse')) {
      found = await onePair(run, run.seed + 1);
      const again = judge(found);
      results = results.map((first, i) => (first.judgement === 'worse' ? again[i] : first));
    }
    return [...results, errorRate(run)];
  },
};

function judge(found: Both<Counts>): RuleResult[] {
  return (Object.keys(countRules) as (keyof Counts)[]).map((count) =>
    countResult('errors', countRules[count], { base: found.base[count], head: found.head[count] }),
  );
}

async function onePair(run: GateRun, turn: number): Promise<Both<Counts>> {
  const upstreams: Both<CountingUpstream> = { base: new CountingUpstream(), head: new CountingUpstream() };
  const ports: Both<number> = { base: await upstreams.base.listen(), head: await upstreams.head.listen() };
  try {
    return await withBoth(
      run.bench,
      run.trees,
      turn,
      (tree, side) => contractGateway(tree, side, ports[side]),
      async (running) => {
        const found: Partial<Both<Counts>> = {};
        for (const side of inOrder(turn)) {
          found[side] = await countsOf(running[side], upstreams[side], run.tallies[side]);
          run.say(`errors ${side}: ${shown(found[side])}`);
        }
        return found as Both<Counts>;
      },
    );
  } finally {
    for (const side of ['base', 'head'] satisfies Side[]) upstreams[side].close();
  }
}

/** Of everything that was asked in this run. */
function errorRate({ tallies }: GateRun): RuleResult {
  const rule: CountRule = { subject: '5xx and broken connections', unit: '% of answers', part: 0, besides: 0 };
  return countResult(
    'errors',
    rule,
    { base: tallies.base.errorPercent, head: tallies.head.errorPercent },
    Math.max(ERROR_LIMIT_PERCENT, 2 * tallies.base.errorPercent),
  );
}

function shown(counts: Counts): string {
  return Object.entries(counts)
    .map(([name, value]) => `${name} ${Number((value as number).toPrecision(3))}`)
    .join(', ');
}
