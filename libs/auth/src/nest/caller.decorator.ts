import { createParamDecorator, type ExecutionContext } from '@nestjs/common';

/** Gives a handler behind TokenGuard who asks: what the verifier made of the token. */
export const Caller: () => ParameterDecorator = createParamDecorator(
  (_: unknown, context: ExecutionContext) => context.switchToHttp().getRequest<{ caller?: unknown }>().caller,
);
