import { Body, Controller, Get, HttpCode, Inject, NotFoundException, Param, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { AnyBreaker, BreakerSettings, BreakerState } from '@app/resilience';
import { z } from 'zod';
import { Breakers } from '../../resilience/breakers.js';
import { CheckedBody } from './checked-body.pipe.js';

const ORDERS = ['open', 'closed', 'automatic'] as const;
const orderSchema = z.strictObject({ state: z.enum(ORDERS) });

interface BreakerReport {
  readonly upstream: string;
  readonly state: BreakerState;
  /** What an operator has ordered, or null. */
  readonly forced: 'open' | 'closed' | null;
  /** Milliseconds until probes are let through; 0 unless it is open. */
  readonly retryInMs: number;
  readonly window: { readonly total: number; readonly failed: number };
  readonly settings: BreakerSettings;
}

@ApiTags('breakers')
@ApiBearerAuth()
@Controller('admin/breakers')
export class BreakersController {
  constructor(@Inject(Breakers) private readonly breakers: Breakers) {}

  /** Every breaker: its state, what it has counted, and what it opens by. */
  @Get()
  @ApiOperation({ summary: 'State of all breakers' })
  list(): BreakerReport[] {
    return this.breakers.all().map(reportOf);
  }

  /** Overrules a breaker until it is set back to automatic, or the gateway restarts. */
  @Post(':upstream')
  @HttpCode(200)
  @ApiOperation({ summary: 'Force a breaker open or closed, or let it decide by itself again' })
  @ApiBody({
    schema: { type: 'object', required: ['state'], properties: { state: { type: 'string', enum: [...ORDERS] } } },
  })
  @ApiResponse({ status: 200, description: 'The breaker as it is now' })
  @ApiResponse({ status: 400, description: 'The body is not valid' })
  @ApiResponse({ status: 404, description: 'No upstream of that name has a breaker' })
  order(
    @Param('upstream') upstream: string,
    @Body(new CheckedBody(orderSchema)) { state }: z.output<typeof orderSchema>,
  ): BreakerReport {
    const breaker = this.breakers.get(upstream);
    if (breaker === undefined) throw new NotFoundException('no upstream of that name has a breaker');
    breaker.force(state === 'automatic' ? null : state);
    return reportOf(breaker);
  }
}

function reportOf({ name, state, forced, retryInMs, counts, settings }: AnyBreaker): BreakerReport {
  return { upstream: name, state, forced, retryInMs: Math.ceil(retryInMs), window: counts, settings };
}
