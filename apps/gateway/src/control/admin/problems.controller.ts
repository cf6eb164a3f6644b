import { Controller, Get, Inject } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { RecentProblems, type RecentProblem } from './recent-problems.js';

@ApiTags('problems')
@ApiBearerAuth()
@Controller('admin/problems')
export class ProblemsController {
  constructor(@Inject(RecentProblems) private readonly recent: RecentProblems) {}

  /** The last problems that clients were told of, the newest first. */
  @Get()
  @ApiOperation({ summary: 'Recent problems' })
  list(): Promise<RecentProblem[]> {
    return this.recent.list();
  }
}
