import { HttpException, HttpStatus, Injectable, NotFoundException } from '@nestjs/common';
import type { Page, User, UserChanges, UserInput } from './user.schema.js';

/** Most users held at once. One more gets 507 (RFC 4918 section 11.5): memory is bounded. */
export const USERS_MAX = 10_000;

const SEED: readonly UserInput[] = [
  { name: 'Alice Adler', email: 'alice@acme.example', role: 'admin' },
  { name: 'Bob Brandt', email: 'bob@globex.example', role: 'member' },
  { name: 'Carol Castro', email: 'carol@acme.example', role: 'member' },
  { name: 'Dan Dupont', email: 'dan@globex.example', role: 'member' },
  { name: 'Eve Ericsson', email: 'eve@acme.example', role: 'member' },
];

/** A user with the number of its current version, from which the entity tag is made. */
export interface VersionedUser {
  user: User;
  version: number;
}

export interface UserPage extends Page {
  items: User[];
  total: number;
}

/** Users in memory, in the order of their creation. They are gone when the process ends. */
@Injectable()
export class UsersStore {
  private readonly users = new Map<string, VersionedUser>();
  private lastNumber = 0;

  constructor() {
    for (const input of SEED) this.create(input);
  }

  list({ limit, offset }: Page): UserPage {
    const items: User[] = [];
    let position = 0;
    for (const { user } of this.users.values()) {
      if (items.length === limit) break;
      if (position >= offset) items.push(user);
      position += 1;
    }
    return { items, total: this.users.size, limit, offset };
  }

  /** Throws 404 when there is no such user. */
  read(id: string): VersionedUser {
    const found = this.users.get(id);
    if (!found) throw new NotFoundException('There is no such user.');
    return found;
  }

  /** Throws 507 when the store is full. */
  create(input: UserInput): VersionedUser {
    if (this.users.size >= USERS_MAX) {
      throw new HttpException(`No more than ${USERS_MAX} users are held.`, HttpStatus.INSUFFICIENT_STORAGE);
    }
    this.lastNumber += 1;
    const now = new Date().toISOString();
    const id = `u-${this.lastNumber}`;
    return this.keep({ user: { id, ...input, createdAt: now, updatedAt: now }, version: 1 });
  }

  change(id: string, changes: UserChanges): VersionedUser {
    const { user, version } = this.read(id);
    return this.keep({
      user: { ...user, ...changes, updatedAt: new Date().toISOString() },
      version: version + 1,
    });
  }

  delete(id: string): void {
    this.read(id);
    this.users.delete(id);
  }

  private keep(entry: VersionedUser): VersionedUser {
    this.users.set(entry.user.id, entry);
    return entry;
  }
}
