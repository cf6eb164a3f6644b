import { setImmediate as nextTurn } from 'node:timers/promises';
import type { MetricSource, Sample } from './metric-source.js';

/** A metric whose samples may have to be waited for. */
export interface MetricFamily extends Omit<MetricSource, 'samples'> {
  samples(): Iterable<Sample> | Promise<Iterable<Sample>>;
}

/** The text format of Prometheus 0.0.4, or OpenMetrics 1.0.0. */
export type ExpositionFormat = 'text' | 'openmetrics';

export const expositionTypes: Readonly<Record<ExpositionFormat, string>> = {
  text: 'text/plain; version=0.0.4; charset=utf-8',
  openmetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
};

/** What is handed on at once; a reader that does not take it gets nothing more made. */
const CHUNK_CHARACTERS = 32_768;
/** Time on the loop at a stretch. */
const SLICE_MS = 5;
/** The clock is read once in so many samples. */
const SAMPLES_PER_LOOK = 64;

export interface Pace {
  now(): number;
  /** Lets the rest of the loop have its turn. */
  rest(): Promise<unknown>;
}

const loopPace: Pace = { now: () => performance.now(), rest: () => nextTurn() };

/**
 * Writes metrics in slices of a few milliseconds, with the other work of the loop in between, as they are asked for:
 * neither a large exposition nor a slow reader is in the way of traffic, and what is held is one chunk.
 */
export async function* writeExposition(
  families: Iterable<MetricFamily>,
  format: ExpositionFormat,
  pace: Pace = loopPace,
): AsyncGenerator<string> {
  let text = '';
  let samplesLeft = SAMPLES_PER_LOOK;
  let restAt = pace.now() + SLICE_MS;
  for (const family of families) {
    const writer = new FamilyWriter(family, format);
    const samples = await family.samples();
    text += writer.head();
    for (const sample of samples) {
      text += writer.line(sample);
      if (text.length >= CHUNK_CHARACTERS) {
        yield text;
        text = '';
      }
      if (--samplesLeft > 0) continue;
      samplesLeft = SAMPLES_PER_LOOK;
      if (pace.now() < restAt) continue;
      await pace.rest();
      restAt = pace.now() + SLICE_MS;
    }
  }
  yield format === 'openmetrics' ? `${text}# EOF\n` : text;
}

/** The lines of one metric. */
class FamilyWriter {
  private readonly openMetrics: boolean;
  private readonly suffix: string;
  private labels: Sample['labels'] | null = null;
  private labelText = '';

  constructor(
    private readonly family: MetricFamily,
    format: ExpositionFormat,
  ) {
    this.openMetrics = format === 'openmetrics';
    // Every counter ends in `_total` there, and its family is called without (OpenMetrics 1.0, section 4.5).
    this.suffix = this.openMetrics && family.type === 'counter' && !family.name.endsWith('_total') ? '_total' : '';
  }

  head(): string {
    const { name, help, type } = this.family;
    const called = this.openMetrics && type === 'counter' ? name.replace(/_total$/, '') : name;
    const escaped = escapeText(help);
    return `# HELP ${called} ${this.openMetrics ? escaped.replaceAll('"', '\\"') : escaped}\n# TYPE ${called} ${type}\n`;
  }

  line({ metricName, labels, le, value, exemplar }: Sample): string {
    if (labels !== this.labels) {
      this.labels = labels;
      this.labelText = labelText(labels);
    }
    const name = metricName ?? this.family.name + this.suffix;
    const within = le === undefined ? this.labelText : `${this.labelText}${this.labelText === '' ? '' : ','}le="${le}"`;
    const series = within === '' ? name : `${name}{${within}}`;
    if (exemplar === undefined || !this.openMetrics) return `${series} ${numberText(value)}\n`;
    const { traceId, timestampS } = exemplar;
    return `${series} ${numberText(value)} # {trace_id="${traceId}"} ${numberText(exemplar.value)} ${timestampS}\n`;
  }
}

function labelText(labels: Sample['labels']): string {
  let text = '';
  for (const name in labels) {
    const value = labels[name];
    const written = typeof value === 'number' ? numberText(value) : escapeText(value).replaceAll('"', '\\"');
    text += `${text === '' ? '' : ','}${name}="${written}"`;
  }
  return text;
}

function escapeText(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}

function numberText(value: number): string {
  if (value === Infinity) return '+Inf';
  return value === -Infinity ? '-Inf' : String(value);
}
