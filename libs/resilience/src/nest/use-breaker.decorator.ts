import { applyDecorators, SetMetadata, UseInterceptors } from '@nestjs/common';
import { BreakerInterceptor } from './breaker.interceptor.js';
import { BREAKER_NAME } from './resilience.constants.js';

/** Puts a handler, or every handler of a controller, behind the breaker of that name. */
export function UseBreaker(name: string): ClassDecorator & MethodDecorator {
  return applyDecorators(SetMetadata(BREAKER_NAME, name), UseInterceptors(BreakerInterceptor));
}
