import { Controller, Get, Inject } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { MemoryStore } from '@app/rate-limit';
import { RefusedMost, type RefusedCaller } from './refused-most.js';

interface LimitsView {
  /** Keys held in the memory of this gateway: those that have not recovered whole. */
  readonly keysHeld: number;
  /** Who is refused most often, the most often refused first. */
  readonly refusedMost: readonly RefusedCaller[];
}

@ApiTags('limits')
@ApiBearerAuth()
@Controller('admin/limits')
export class LimitsController {
  constructor(
    @Inject(MemoryStore) private readonly store: MemoryStore,
    @Inject(RefusedMost) private readonly refused: RefusedMost,
  ) {}

  /** What limits hold, and whom they refuse. */
  @Get()
  @ApiOperation({ summary: 'Limits: keys held, and who is refused most often' })
  async show(): Promise<LimitsView> {
    return { keysHeld: this.store.held(), refusedMost: await this.refused.list() };
  }
}
