import { Inject, Injectable } from '@nestjs/common';
import { combineSamples, familiesOf, type MetricFamily, type PartOfMetric, type Sample } from '@app/observability';
import { Registry } from 'prom-client';
import { SHARED_MEMORY, type SharedMemory } from '../workers/shared-memory.js';
import { WHOLE_PROCESS, type WholeProcess } from '../workers/whole-process.js';

const QUESTION = 'metrics';

/** What a worker has of the metrics that are its own. */
interface Part {
  readonly worker: number;
  readonly byName: ReadonlyMap<string, readonly Sample[]>;
}

/**
 * The metrics of the whole process, whichever worker is asked. Most are kept in memory that all share; what is not is
 * asked for at each scrape. A worker that does not answer in time is missing from those.
 */
@Injectable()
export class WholeMetrics {
  constructor(
    @Inject(Registry) private readonly registry: Registry,
    @Inject(WHOLE_PROCESS) private readonly whole: WholeProcess,
    @Inject(SHARED_MEMORY) private readonly memory: SharedMemory | null,
  ) {
    if (memory !== null) whole.answer(QUESTION, () => this.own());
  }

  async families(): Promise<MetricFamily[]> {
    const families = familiesOf(this.registry);
    if (this.memory === null) return families;
    const parts = await this.whole.ask<Part>(QUESTION);
    return families.map((family) => (family.combine === 'whole' ? family : combined(family, parts)));
  }

  private async own(): Promise<Part> {
    const byName = new Map<string, readonly Sample[]>();
    for (const family of familiesOf(this.registry)) {
      if (family.combine !== 'whole') byName.set(family.name, [...(await family.samples())]);
    }
    return { worker: this.whole.worker, byName };
  }
}

function combined({ name, help, type, combine = 'sum' }: MetricFamily, parts: readonly Part[]): MetricFamily {
  const those = parts.map(({ worker, byName }): PartOfMetric => ({ worker, samples: byName.get(name) ?? [] }));
  return { name, help, type, samples: () => combineSamples(combine, those) };
}
