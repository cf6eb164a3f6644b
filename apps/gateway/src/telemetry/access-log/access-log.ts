import { jsonText, LineBytes } from '@app/observability';
import type { GatewayConfig } from '../../config/schema/gateway.schema.js';
import { isLogged } from '../../pipeline/contract/phase-times.js';
import type { RequestContext } from '../../pipeline/contract/request-context.js';
import type { Logs } from '../logs/logs.js';
import { QueryRedactor } from '../query-redactor.js';
import { accessLine, lineField, type LineForm } from './access-line.js';
import { INFO, levelOf } from './line-level.js';

interface RoutePlan extends LineForm {
  /** Share of the lines of level info. */
  readonly sample: number;
}

/** Writes a line for each request, where its route, its level and the sampling want one; else nothing is even built. */
export class AccessLog {
  /** By index of the route; null where no line is wanted. The last one is for requests without a route. */
  private readonly plans: readonly (RoutePlan | null)[];
  private readonly line = new LineBytes();

  /**
   * @param cached for each route, in order, whether it has a cache
   * @param random 0 to 1, for sampling
   */
  constructor(
    private readonly logs: Pick<Logs, 'threshold' | 'writeBytes'>,
    config: GatewayConfig,
    cached: readonly boolean[],
    private readonly random: () => number = Math.random,
  ) {
    const { logs: settings } = config.telemetry;
    const secrets = new Set(settings.redact.fields);
    const fields = settings.fields.map((name) => lineField(name, secrets.has(name)));
    const redactor = new QueryRedactor(settings.redact.query);
    const form = (id: string, sample: number, hasCache: boolean): RoutePlan => ({
      route: new Uint8Array(Buffer.from(`,"route":${jsonText(id)}`)),
      cached: hasCache,
      fields,
      redactor,
      sample,
    });
    this.plans = [
      ...config.routes.map((route, index) =>
        isLogged(route, config) ? form(route.id, route.log?.sample ?? settings.sample, cached[index]) : null,
      ),
      settings.requests ? form('-', settings.sample, false) : null,
    ];
  }

  ended(context: RequestContext): void {
    const plan = this.plans[context.route.index];
    if (plan === null) return;
    const level = levelOf(context);
    if (level < this.logs.threshold) return;
    if (level === INFO && plan.sample < 1 && this.random() >= plan.sample) return;
    accessLine(context, plan, level, this.line);
    this.logs.writeBytes(this.line);
  }

  /** False when no request of any kind gets a line. */
  get wanted(): boolean {
    return this.plans.some((plan) => plan !== null);
  }
}
