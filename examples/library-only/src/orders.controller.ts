import { Controller, Param, Post, UseGuards } from '@nestjs/common';
import { Throttle } from '@nestjs/throttler';
import { Caller, Requires, TokenGuard } from '@app/auth';
import type { Customer } from './customer.js';

@Controller('orders')
@UseGuards(TokenGuard)
export class OrdersController {
  /** Three at once, and then one every 20 seconds. */
  @Post(':product')
  @Requires({ permissions: ['orders:write'] })
  @Throttle({ default: { ttl: 60_000, limit: 3 } })
  order(@Caller() { name }: Customer, @Param('product') product: string): { product: string; orderedBy: string } {
    return { product, orderedBy: name };
  }
}
