import { Controller, Get, Inject } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { DataPlane } from '../../pipeline/data-plane.js';

interface RouteView {
  readonly id: string;
  readonly hosts: readonly string[];
  readonly methods: readonly string[];
  readonly path: string;
  readonly priority: number;
  /** Names of the upstreams that serve it; none for routes that the gateway answers. */
  readonly upstreams: readonly string[];
  /** Names of the stages that its requests pass, in order. */
  readonly stages: readonly string[];
}

@ApiTags('routes')
@ApiBearerAuth()
@Controller('admin/routes')
export class RoutesController {
  constructor(@Inject(DataPlane) private readonly plane: DataPlane) {}

  /** Every route in the order of the file, with the stages that its requests pass. */
  @Get()
  @ApiOperation({ summary: 'The routes, and what their requests pass' })
  list(): RouteView[] {
    return this.plane.pipelines.map(({ route: { id, config }, stages }) => ({
      id,
      hosts: config.match.hosts,
      methods: config.match.methods,
      path: config.match.path,
      priority: config.priority,
      upstreams: config.weighted?.map(({ upstream }) => upstream) ?? [config.upstream ?? []].flat(),
      stages,
    }));
  }
}
