import type { MetricSource, WorkerMemory } from '@app/observability';
import type { EventKey, Events } from '../pipeline/contract/events.js';
import { breakerChanged, bulkheadRefused, retryBudgetSpent } from '../resilience/events.js';
import { targetEjected, targetReturned } from '../upstream/events.js';
import { NamedCounts } from './named-counts.js';

const STATES = ['closed', 'open', 'half-open'] as const;

/** Breakers as they are now. */
interface BreakerStates {
  all(): readonly { readonly name: string; readonly state: (typeof STATES)[number] }[];
}

/** What protects the upstreams. `upstream` is a name of the configuration, so the series are bounded. */
export class ResilienceMetrics {
  private readonly transitions: readonly NamedCounts[];
  private readonly ejected: NamedCounts;
  private readonly ejections: NamedCounts;
  private readonly refused: NamedCounts;
  private readonly spent: NamedCounts;

  /** @param having names of the upstreams that have the policy */
  constructor(
    private readonly breakers: BreakerStates,
    having: Readonly<Record<'passiveHealth' | 'bulkhead' | 'retry', readonly string[]>>,
    memory: WorkerMemory | null,
  ) {
    const breakersOf = breakers.all().map(({ name }) => name);
    this.transitions = STATES.map((state) => new NamedCounts(breakersOf, `breakers-${state}`, memory));
    this.ejected = new NamedCounts(having.passiveHealth, 'ejected', memory);
    this.ejections = new NamedCounts(having.passiveHealth, 'ejections', memory);
    this.refused = new NamedCounts(having.bulkhead, 'bulkheads', memory);
    this.spent = new NamedCounts(having.retry, 'retry-budgets', memory);
  }

  listen(events: Events): void {
    events.on(breakerChanged, ({ name, to }) => this.transitions[STATES.indexOf(to)].add(name, 1));
    // With workers, one may eject a target and another one let it return: the sum over them is what counts.
    events.on(targetEjected, ({ upstream }) => {
      this.ejected.add(upstream, 1);
      this.ejections.add(upstream, 1);
    });
    events.on(targetReturned, ({ upstream }) => this.ejected.add(upstream, -1));
    const counting = (key: EventKey<{ readonly upstream: string }>, counts: NamedCounts): void => {
      events.on(key, ({ upstream }) => counts.add(upstream, 1));
    };
    counting(bulkheadRefused, this.refused);
    counting(retryBudgetSpent, this.spent);
  }

  sources(): MetricSource[] {
    const by = 'upstream';
    return [
      {
        name: 'api_gateway_circuit_breaker_state',
        help: '0 closed, 1 open, 2 half-open.',
        type: 'gauge',
        combine: 'whole',
        samples: () =>
          this.breakers.all().map(({ name, state }) => ({ labels: { [by]: name }, value: STATES.indexOf(state) })),
      },
      {
        name: 'api_gateway_circuit_breaker_transitions_total',
        help: 'Changes of the state of a breaker, by the state that it came to.',
        type: 'counter',
        combine: 'whole',
        samples: () => this.transitions.flatMap((counts, state) => counts.samples(by, { to: STATES[state] })),
      },
      this.ejected.source('api_gateway_upstream_targets_ejected', 'gauge', 'Targets that get no traffic for now.', by),
      this.ejections.source('api_gateway_upstream_ejections_total', 'counter', 'Ejections of targets that failed.', by),
      this.refused.source('api_gateway_bulkhead_rejected_total', 'counter', 'Requests that found no place.', by),
      this.spent.source('api_gateway_retry_budget_exhausted_total', 'counter', 'Retries without budget.', by),
    ];
  }
}
