import type { MetricSource } from '@app/observability';
import type { EventKey, Events } from '../pipeline/contract/events.js';
import { breakerChanged, bulkheadRefused, retryBudgetSpent } from '../resilience/events.js';
import { targetEjected, targetReturned } from '../upstream/events.js';

const STATES = ['closed', 'open', 'half-open'] as const;

/** Counts by upstream; all upstreams are there from the beginning, so that a rate over them has something to see. */
type Counts = Map<string, number>;

/** What protects the upstreams. `upstream` is a name of the configuration, so the series are bounded. */
export class ResilienceMetrics {
  private readonly states: Counts;
  private readonly transitions: Counts[];
  private readonly ejected: Counts;
  private readonly ejections: Counts;
  private readonly refused: Counts;
  private readonly spent: Counts;

  /** @param having names of the upstreams that have the policy */
  constructor(having: Readonly<Record<'breaker' | 'passiveHealth' | 'bulkhead' | 'retry', readonly string[]>>) {
    const zeros = (names: readonly string[]): Counts => new Map(names.map((name) => [name, 0]));
    this.states = zeros(having.breaker);
    this.transitions = STATES.map(() => zeros(having.breaker));
    this.ejected = zeros(having.passiveHealth);
    this.ejections = zeros(having.passiveHealth);
    this.refused = zeros(having.bulkhead);
    this.spent = zeros(having.retry);
  }

  listen(events: Events): void {
    events.on(breakerChanged, ({ name, to }) => {
      const state = STATES.indexOf(to);
      this.states.set(name, state);
      add(this.transitions[state], name, 1);
    });
    events.on(targetEjected, ({ upstream }) => {
      add(this.ejected, upstream, 1);
      add(this.ejections, upstream, 1);
    });
    events.on(targetReturned, ({ upstream }) => add(this.ejected, upstream, -1));
    const counting = (key: EventKey<{ readonly upstream: string }>, counts: Counts): void => {
      events.on(key, ({ upstream }) => add(counts, upstream, 1));
    };
    counting(bulkheadRefused, this.refused);
    counting(retryBudgetSpent, this.spent);
  }

  sources(): MetricSource[] {
    return [
      source('api_gateway_circuit_breaker_state', 'gauge', '0 closed, 1 open, 2 half-open.', this.states),
      {
        name: 'api_gateway_circuit_breaker_transitions_total',
        help: 'Changes of the state of a breaker, by the state that it came to.',
        type: 'counter',
        samples: () =>
          this.transitions.flatMap((counts, state) =>
            samplesOf(counts).map(({ labels, value }) => ({ labels: { ...labels, to: STATES[state] }, value })),
          ),
      },
      source('api_gateway_upstream_targets_ejected', 'gauge', 'Targets that get no traffic for now.', this.ejected),
      source('api_gateway_upstream_ejections_total', 'counter', 'Ejections of targets that failed.', this.ejections),
      source('api_gateway_bulkhead_rejected_total', 'counter', 'Requests that found no place.', this.refused),
      source('api_gateway_retry_budget_exhausted_total', 'counter', 'Retries without budget.', this.spent),
    ];
  }
}

function add(counts: Counts, name: string, by: number): void {
  counts.set(name, (counts.get(name) ?? 0) + by);
}

function samplesOf(counts: Counts): { labels: Record<string, string>; value: number }[] {
  return [...counts].map(([upstream, value]) => ({ labels: { upstream }, value }));
}

function source(name: string, type: MetricSource['type'], help: string, counts: Counts): MetricSource {
  return { name, type, help, samples: () => samplesOf(counts) };
}
