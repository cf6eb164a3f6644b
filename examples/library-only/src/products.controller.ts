import { CacheTTL } from '@nestjs/cache-manager';
import { Controller, Get, Param, UseInterceptors } from '@nestjs/common';
import { HttpCacheInterceptor } from '@app/cache';
import { UseBreaker } from '@app/resilience';
import { Warehouse, type Product } from './warehouse.service.js';

/** Interceptors of the class are outside those of its handlers: what is cached is served while the breaker is open. */
@Controller('products')
@UseInterceptors(HttpCacheInterceptor)
export class ProductsController {
  constructor(private readonly warehouse: Warehouse) {}

  @Get(':id')
  @CacheTTL(30_000)
  @UseBreaker('warehouse')
  product(@Param('id') id: string): Promise<Product> {
    return this.warehouse.product(id);
  }
}
