import { HistogramRows, NumberRows, Slots, type MetricSource, type WorkerMemory } from '@app/observability';
import type { RequestContext } from '../pipeline/contract/request-context.js';

const DURATION_BOUNDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
const OUTCOMES_MAX = 24;
const CLASSES = ['0xx', '1xx', '2xx', '3xx', '4xx', '5xx'];
/** The clients know some sixty pairs of a code and a reason. */
const FAILURES_MAX = 96;

/**
 * Counts exchanges with upstreams. `outcome` is the class of the status, or the code of the failure; why a failure came
 * to be is a counter of its own.
 */
export class UpstreamMetrics {
  private readonly upstreams: Slots;
  private readonly outcomes: Slots;
  private readonly counts: NumberRows;
  private readonly durations: HistogramRows;
  private readonly retries: NumberRows;
  private readonly failures: Slots;
  private readonly failureCounts: NumberRows;

  /** @param names of all upstreams */
  constructor(names: readonly string[], memory: WorkerMemory | null) {
    // `other` is the slot of none.
    const rowsMax = names.length + 1;
    const place = (name: string) => memory && { memory, name, rowsMax };
    this.upstreams = new Slots(rowsMax, names);
    this.outcomes = new Slots(OUTCOMES_MAX, CLASSES, place('exchanges'));
    this.counts = new NumberRows(OUTCOMES_MAX, place('exchanges'));
    this.durations = new HistogramRows(DURATION_BOUNDS, place('exchange-durations'));
    this.retries = new NumberRows(1, place('retries'));
    this.failures = new Slots(FAILURES_MAX, [], place('failures'));
    this.failureCounts = new NumberRows(FAILURES_MAX, place('failures'));
  }

  started(context: RequestContext): void {
    if (context.tries > 1) this.retries.row(this.upstreams.of(context.upstream))[0]++;
  }

  answered(context: RequestContext): void {
    const upstream = this.upstreams.of(context.upstream);
    this.counts.row(upstream)[this.outcomes.of(classOf(context.upstreamStatus))]++;
    this.durations.observe(upstream, (context.upstreamAnsweredAt - context.upstreamAskedAt) / 1000);
  }

  /** @param reason says more than the code; the empty string when there is no more to say */
  failed(context: RequestContext, code: string, reason: string): void {
    const upstream = this.upstreams.of(context.upstream);
    this.counts.row(upstream)[this.outcomes.of(code)]++;
    this.failureCounts.row(upstream)[this.failures.of(reason === '' ? code : `${code} ${reason}`)]++;
  }

  sources(): MetricSource[] {
    const duration = 'api_gateway_upstream_duration_seconds';
    return [
      {
        name: 'api_gateway_upstream_requests_total',
        help: 'Exchanges with upstreams, by outcome: 2xx to 5xx, or the code of a failure.',
        type: 'counter',
        combine: 'whole',
        samples: () => this.countSamples(),
      },
      {
        name: 'api_gateway_upstream_failures_total',
        help: 'Exchanges with upstreams that failed, by code and reason (docs/upstream-client.md).',
        type: 'counter',
        combine: 'whole',
        samples: () => this.failureSamples(),
      },
      {
        name: duration,
        help: 'Time from asking an upstream to the head of its response, in seconds.',
        type: 'histogram',
        combine: 'whole',
        samples: () => this.durations.samples(duration, (row) => ({ upstream: this.upstreams.name(row) })),
      },
      {
        name: 'api_gateway_retries_total',
        help: 'Exchanges that were a further try of their request.',
        type: 'counter',
        combine: 'whole',
        samples: () => this.retrySamples(),
      },
    ];
  }

  private *countSamples(): ReturnType<MetricSource['samples']> & Generator {
    for (const [upstream, row] of this.counts.entries()) {
      for (let outcome = 0; outcome < row.length; outcome++) {
        if (row[outcome] === 0) continue;
        const labels = { upstream: this.upstreams.name(upstream), outcome: this.outcomes.name(outcome) };
        yield { labels, value: row[outcome] };
      }
    }
  }

  private *failureSamples(): ReturnType<MetricSource['samples']> & Generator {
    for (const [upstream, row] of this.failureCounts.entries()) {
      for (let failure = 0; failure < row.length; failure++) {
        if (row[failure] === 0) continue;
        const [code, reason = ''] = this.failures.name(failure).split(' ');
        yield { labels: { upstream: this.upstreams.name(upstream), code, reason }, value: row[failure] };
      }
    }
  }

  private *retrySamples(): ReturnType<MetricSource['samples']> & Generator {
    for (const [upstream, row] of this.retries.entries()) {
      yield { labels: { upstream: this.upstreams.name(upstream) }, value: row[0] };
    }
  }
}

function classOf(status: number): string {
  return CLASSES[Math.floor(status / 100)] ?? 'other';
}
