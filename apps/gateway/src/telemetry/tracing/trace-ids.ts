import { RandomIdGenerator, type IdGenerator } from '@opentelemetry/sdk-trace';

/** Gives out random ids, but for a trace that the edge has begun already: its ids are in the log and must be in the spans. */
export class TraceIds implements IdGenerator {
  private readonly random = new RandomIdGenerator();
  private traceId = '';
  private spanId = '';

  /** Names the ids of the next root span. */
  foresee(traceId: string, spanId: string): void {
    this.traceId = traceId;
    this.spanId = spanId;
  }

  generateTraceId(): string {
    const { traceId } = this;
    this.traceId = '';
    return traceId === '' ? this.random.generateTraceId() : traceId;
  }

  generateSpanId(): string {
    const { spanId } = this;
    this.spanId = '';
    return spanId === '' ? this.random.generateSpanId() : spanId;
  }
}
