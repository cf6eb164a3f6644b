import { Module, type DynamicModule } from '@nestjs/common';
import { JWT_SECRET } from './auth.constants.js';
import { AuthController } from './auth.controller.js';

@Module({ controllers: [AuthController] })
export class AuthModule {
  static signingWith(secret: string): DynamicModule {
    return { module: AuthModule, providers: [{ provide: JWT_SECRET, useValue: secret }] };
  }
}
