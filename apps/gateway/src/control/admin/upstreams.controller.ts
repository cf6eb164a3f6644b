import { Controller, Get, Inject } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { UpstreamRegistry } from '../../upstream/upstream-registry.js';

interface TargetView {
  readonly url: string;
  readonly weight: number;
  /** What its active check says. */
  readonly healthy: boolean;
  /** Gets no traffic for now, since its traffic fails. */
  readonly ejected: boolean;
  /** Exchanges under way. */
  readonly active: number;
  readonly connections: { readonly open: number; readonly idle: number; readonly waiting: number };
}

interface UpstreamView {
  readonly name: string;
  readonly up: boolean;
  /** Too few targets are left, so that all of them get traffic. */
  readonly panic: boolean;
  readonly balance: string;
  readonly targets: readonly TargetView[];
}

@ApiTags('upstreams')
@ApiBearerAuth()
@Controller('admin/upstreams')
export class UpstreamsController {
  constructor(@Inject(UpstreamRegistry) private readonly registry: UpstreamRegistry) {}

  /** Every upstream with its targets: whether they are healthy, and what they have to do. */
  @Get()
  @ApiOperation({ summary: 'The upstreams and their targets' })
  list(): UpstreamView[] {
    return [...this.registry.groups.values()].map((group) => ({
      name: group.name,
      up: group.up,
      panic: group.panic,
      balance: group.config.balance,
      targets: group.targets.map((target) => {
        const { open, idle, waiting } = target.client.stats();
        return {
          url: target.origin,
          weight: target.weight,
          healthy: target.healthy,
          ejected: target.passive?.ejected === true,
          active: target.active,
          connections: { open, idle, waiting },
        };
      }),
    }));
  }
}
