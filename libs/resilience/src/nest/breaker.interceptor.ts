import {
  HttpException,
  Inject,
  Injectable,
  ServiceUnavailableException,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import { HttpAdapterHost, Reflector } from '@nestjs/core';
import { Observable } from 'rxjs';
import { REFUSED } from '../core/breaker.js';
import { BreakerRegistry, type AnyBreaker } from '../core/breaker-registry.js';
import { BREAKER_NAME } from './resilience.constants.js';

/**
 * The breaker around a handler. What a handler throws is a failure, unless it is an HttpException below 500: that is
 * an answer. While the breaker is open the handler is not called, and the reply is 503 with Retry-After.
 */
@Injectable()
export class BreakerInterceptor implements NestInterceptor {
  constructor(
    @Inject(BreakerRegistry) private readonly breakers: BreakerRegistry,
    @Inject(Reflector) private readonly reflector: Reflector,
    @Inject(HttpAdapterHost) private readonly host: HttpAdapterHost,
  ) {}

  /** @throws Error when no breaker has the name */
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const name = this.reflector.getAllAndOverride<string | undefined>(BREAKER_NAME, [
      context.getHandler(),
      context.getClass(),
    ]);
    if (name === undefined) return next.handle();
    const breaker = this.breakers.get(name);
    if (breaker === undefined) throw new Error(`no breaker is called ${name}`);
    return this.guarded(context, next, breaker);
  }

  /** The handler's result, told to the breaker once; a result that nobody waits for any more tells it nothing. */
  private guarded(context: ExecutionContext, next: CallHandler, breaker: AnyBreaker): Observable<unknown> {
    return new Observable((subscriber) => {
      const pass = breaker.enter();
      if (pass === REFUSED) {
        subscriber.error(this.refusal(context, breaker));
        return undefined;
      }
      let told = false;
      const tell = (failed: boolean): void => {
        if (!told) breaker.leave(pass, failed);
        told = true;
      };
      const inner = next.handle().subscribe({
        next: (value) => subscriber.next(value),
        error: (error: unknown) => {
          tell(!(error instanceof HttpException && error.getStatus() < 500));
          subscriber.error(error);
        },
        complete: () => {
          tell(false);
          subscriber.complete();
        },
      });
      return () => {
        inner.unsubscribe();
        if (!told) breaker.forgo(pass);
        told = true;
      };
    });
  }

  private refusal(context: ExecutionContext, breaker: AnyBreaker): ServiceUnavailableException {
    if (context.getType() === 'http') {
      const seconds = String(Math.max(1, Math.ceil(breaker.retryInMs / 1000)));
      this.host.httpAdapter.setHeader(context.switchToHttp().getResponse(), 'retry-after', seconds);
    }
    return new ServiceUnavailableException(`the breaker ${breaker.name} is open`);
  }
}
