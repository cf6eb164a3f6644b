import type { TraceState } from '@opentelemetry/api';

/** The `tracestate` of a client: told as it came, and never changed, since its entries belong to others. */
export class PassedTraceState implements TraceState {
  constructor(private readonly text: string) {}

  serialize(): string {
    return this.text;
  }

  get(key: string): string | undefined {
    const entry = this.text.split(',').find((member) => member.trim().startsWith(`${key}=`));
    return entry?.trim().slice(key.length + 1);
  }

  set(): TraceState {
    return this;
  }

  unset(): TraceState {
    return this;
  }
}
