import { Controller, Get, Inject } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ConfigSnapshot } from '../../config/index.js';

interface ConfigView {
  readonly revision: string;
  readonly loadedAt: string;
  /** Name of the file, without its folder; null when there was none. */
  readonly file: string | null;
  readonly routes: number;
  readonly upstreams: number;
}

@ApiTags('config')
@ApiBearerAuth()
@Controller('admin/config')
export class ConfigController {
  constructor(@Inject(ConfigSnapshot) private readonly snapshot: ConfigSnapshot) {}

  /** Which configuration is served. */
  @Get()
  @ApiOperation({ summary: 'The revision of the configuration that is served' })
  show(): ConfigView {
    const { revision, loadedAt, file, config } = this.snapshot;
    return {
      revision,
      loadedAt: loadedAt.toISOString(),
      file: file?.split(/[\\/]/).at(-1) ?? null,
      routes: config.routes.length,
      upstreams: Object.keys(config.upstreams).length,
    };
  }
}
