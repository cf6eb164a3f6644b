import { Controller, Get, Inject } from '@nestjs/common';
import { HealthCheck, HealthCheckService, type HealthCheckResult } from '@nestjs/terminus';
import { UpstreamHealthIndicator } from './upstream.health-indicator.js';

@Controller('health')
export class HealthController {
  constructor(
    @Inject(HealthCheckService) private readonly health: HealthCheckService,
    @Inject(UpstreamHealthIndicator) private readonly upstreams: UpstreamHealthIndicator,
  ) {}

  /** The process and every upstream; 503 while an upstream has no healthy target. */
  @Get()
  @HealthCheck({ noCache: true })
  check(): Promise<HealthCheckResult> {
    return this.health.check([() => this.upstreams.process(), ...this.upstreams.checks()]);
  }

  /** The process alone: for a probe that would restart it. */
  @Get('live')
  @HealthCheck({ noCache: true })
  live(): Promise<HealthCheckResult> {
    return this.health.check([() => this.upstreams.process()]);
  }
}
