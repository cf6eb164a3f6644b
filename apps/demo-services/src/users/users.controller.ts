import {
  Body,
  Controller,
  Delete,
  Get,
  Headers,
  HttpCode,
  Param,
  Patch,
  Post,
  PreconditionFailedException,
  Put,
  Query,
  Res,
} from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { SchemaPipe } from '../service/schema.pipe.js';
import { entityTag, isCurrent, mayChange } from './entity-tag.js';
import {
  pageSchema,
  userChangesSchema,
  userInputSchema,
  type Page,
  type User,
  type UserChanges,
  type UserInput,
} from './user.schema.js';
import { UsersStore, type UserPage, type VersionedUser } from './users.store.js';

const PATH = 'api/v1/users';

@Controller(PATH)
export class UsersController {
  constructor(private readonly store: UsersStore) {}

  @Get()
  list(@Query(new SchemaPipe(pageSchema)) page: Page): UserPage {
    return this.store.list(page);
  }

  @Get(':id')
  read(
    @Param('id') id: string,
    @Headers('if-none-match') ifNoneMatch: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): User | undefined {
    const found = this.store.read(id);
    const user = tagged(found, reply);
    if (!isCurrent(ifNoneMatch, entityTag(found))) return user;
    reply.status(304);
    return undefined;
  }

  @Post()
  create(
    @Body(new SchemaPipe(userInputSchema)) input: UserInput,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): User {
    const created = this.store.create(input);
    reply.header('location', `/${PATH}/${created.user.id}`);
    return tagged(created, reply);
  }

  @Put(':id')
  replace(
    @Param('id') id: string,
    @Headers('if-match') ifMatch: string | undefined,
    @Body(new SchemaPipe(userInputSchema)) input: UserInput,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): User {
    return this.write(id, ifMatch, input, reply);
  }

  @Patch(':id')
  change(
    @Param('id') id: string,
    @Headers('if-match') ifMatch: string | undefined,
    @Body(new SchemaPipe(userChangesSchema)) changes: UserChanges,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): User {
    return this.write(id, ifMatch, changes, reply);
  }

  @Delete(':id')
  @HttpCode(204)
  delete(@Param('id') id: string, @Headers('if-match') ifMatch: string | undefined): void {
    this.requireMatch(id, ifMatch);
    this.store.delete(id);
  }

  private write(id: string, ifMatch: string | undefined, changes: UserChanges, reply: FastifyReply): User {
    this.requireMatch(id, ifMatch);
    return tagged(this.store.change(id, changes), reply);
  }

  private requireMatch(id: string, ifMatch: string | undefined): void {
    if (mayChange(ifMatch, entityTag(this.store.read(id)))) return;
    throw new PreconditionFailedException('The user has changed since it was read.');
  }
}

function tagged(found: VersionedUser, reply: FastifyReply): User {
  reply.header('etag', entityTag(found));
  return found.user;
}
