import {
  Body,
  Controller,
  Get,
  Header,
  Headers,
  HttpCode,
  Inject,
  Post,
  Res,
  UnauthorizedException,
} from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { SchemaPipe } from '../service/schema.pipe.js';
import { findAccount } from './accounts.js';
import { JWT_SECRET } from './auth.constants.js';
import { issueToken, TOKEN_LIFETIME_SECONDS } from './token.js';

const credentialsSchema = z.strictObject({ username: z.string().max(100), password: z.string().max(1000) });

type Credentials = z.output<typeof credentialsSchema>;

/** The answer of RFC 6749 section 5.1. */
interface TokenAnswer {
  access_token: string;
  token_type: 'Bearer';
  /** Seconds. */
  expires_in: number;
}

interface Identity {
  userId: string | null;
  tenantId: string | null;
}

@Controller('api/v1/auth')
export class AuthController {
  constructor(@Inject(JWT_SECRET) private readonly secret: string) {}

  @Post('token')
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  token(
    @Body(new SchemaPipe(credentialsSchema)) { username, password }: Credentials,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): TokenAnswer {
    const account = findAccount(username, password);
    if (!account) {
      reply.header('www-authenticate', 'Bearer realm="demo"');
      throw new UnauthorizedException('The user name or the password is wrong.');
    }
    return {
      access_token: issueToken(account, this.secret),
      token_type: 'Bearer',
      expires_in: TOKEN_LIFETIME_SECONDS,
    };
  }

  /** Who the gateway says is asking. null where it says nothing. */
  @Get('me')
  @Header('cache-control', 'no-store')
  me(@Headers('x-user-id') userId: string | undefined, @Headers('x-tenant-id') tenantId: string | undefined): Identity {
    return { userId: userId ?? null, tenantId: tenantId ?? null };
  }
}
