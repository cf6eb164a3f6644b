import { ConfigurableModuleBuilder, Module } from '@nestjs/common';
import type { TokenVerifier } from '../core/jwt/token.verifier.js';
import type { Holder } from '../core/requirement.js';
import { AUTH_OPTIONS } from './auth.constants.js';
import { TokenGuard } from './token.guard.js';

export interface AuthModuleOptions {
  /** Its `describe` gives what handlers find as `request.caller`. */
  readonly verifier: TokenVerifier<Holder>;
  /** `realm` of `WWW-Authenticate`: plain text without quotes. */
  readonly realm: string;
}

const { ConfigurableModuleClass } = new ConfigurableModuleBuilder<AuthModuleOptions>({
  optionsInjectionToken: AUTH_OPTIONS,
})
  .setClassMethodName('forRoot')
  .build();

/** What TokenGuard needs in an ordinary Nest application. */
@Module({ providers: [TokenGuard], exports: [TokenGuard, AUTH_OPTIONS] })
export class AuthModule extends ConfigurableModuleClass {}
