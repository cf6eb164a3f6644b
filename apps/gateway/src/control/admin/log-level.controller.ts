import { BadRequestException, Body, Controller, Get, Inject, Put } from '@nestjs/common';
import { ApiBadRequestResponse, ApiBearerAuth, ApiBody, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { logLevels, type LogLevel } from '../../config/schema/logs.schema.js';
import { WHOLE_PROCESS, type WholeProcess } from '../../workers/whole-process.js';
import { Logs } from '../../telemetry/logs/logs.js';

const body = z.strictObject({ level: z.enum(logLevels) });

const document = {
  schema: {
    type: 'object',
    properties: { level: { type: 'string', enum: [...logLevels] } },
    required: ['level'],
    additionalProperties: false,
  },
};

@ApiTags('logs')
@ApiBearerAuth()
@Controller('admin/log-level')
export class LogLevelController {
  constructor(
    @Inject(Logs) private readonly logs: Logs,
    @Inject(WHOLE_PROCESS) private readonly whole: WholeProcess,
  ) {
    whole.answer('log-level.change', (level: LogLevel) => {
      logs.level = level;
    });
  }

  @Get()
  @ApiOperation({ summary: 'The least level that is written to the log.' })
  @ApiOkResponse(document)
  show(): { level: LogLevel } {
    return { level: this.logs.level };
  }

  /** Holds until the process ends: the next start takes the level of the configuration. */
  @Put()
  @ApiOperation({ summary: 'Change the level of the log until the next start.' })
  @ApiBody(document)
  @ApiOkResponse(document)
  @ApiBadRequestResponse({ description: 'The level is none of them.' })
  async change(@Body() given: unknown): Promise<{ level: LogLevel }> {
    const result = body.safeParse(given);
    if (!result.success)
      throw new BadRequestException(`the body must be {"level": …} with one of ${logLevels.join(', ')}`);
    await this.whole.ask('log-level.change', result.data.level);
    return this.show();
  }
}
