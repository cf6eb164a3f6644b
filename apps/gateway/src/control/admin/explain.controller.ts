import { BadRequestException, Controller, Get, Inject, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import { DataPlane } from '../../pipeline/data-plane.js';
import type { Explanation } from '../../pipeline/explain.js';
import { QuestionError, readQuestion } from '../../pipeline/question.js';

/** What would become of a request: which route takes it, which stages it passes, with which settings. */
@ApiTags('explain')
@ApiBearerAuth()
@Controller('admin/explain')
export class ExplainController {
  constructor(@Inject(DataPlane) private readonly plane: DataPlane) {}

  /** Answers without sending anything. */
  @Get()
  @ApiOperation({ summary: 'What would become of a request' })
  @ApiQuery({ name: 'url', description: 'Path with query, or a whole URL.' })
  @ApiQuery({ name: 'method', required: false, description: 'Default: GET.' })
  @ApiQuery({ name: 'header', required: false, isArray: true, description: '`name: value`, once for each field.' })
  @ApiQuery({
    name: 'client',
    required: false,
    description: 'Address that the request comes from. Default: 127.0.0.1.',
  })
  explain(@Query() query: unknown): Explanation {
    try {
      return this.plane.explain(readQuestion(query));
    } catch (error) {
      if (QuestionError.is(error)) throw new BadRequestException(error.message);
      throw error;
    }
  }
}
