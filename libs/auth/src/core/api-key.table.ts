import { hash, timingSafeEqual } from 'node:crypto';

/** Longer than any key that is meant to be one; a hash of more is work for nothing. */
const KEY_LENGTH_MAX = 1024;

interface Row<T> {
  readonly digest: Buffer;
  readonly owner: T;
}

/**
 * API keys, known by their SHA-256 digests only.
 *
 * Which digest is compared is found by a Map. The time of that look-up depends on the digest of what was shown, which
 * nobody can steer: to learn a stored digest piece by piece, a caller would have to make keys whose digests begin as
 * wanted, and would then still need a key with the whole digest. The comparison that decides takes constant time.
 */
export class ApiKeyTable<T> {
  private readonly rows = new Map<string, Row<T>>();

  /** @param entries digests as 64 hexadecimal digits, and whom the keys belong to */
  constructor(entries: Iterable<readonly [sha256: string, owner: T]>) {
    for (const [sha256, owner] of entries) {
      this.rows.set(sha256.toLowerCase(), { digest: Buffer.from(sha256, 'hex'), owner });
    }
  }

  /** Whom a key belongs to, or undefined. */
  find(key: string): T | undefined {
    if (key.length === 0 || key.length > KEY_LENGTH_MAX) return undefined;
    // Field values come as latin1: the digest is that of the bytes as they were sent.
    const digest = isAscii(key) ? hash('sha256', key, 'hex') : hash('sha256', Buffer.from(key, 'latin1'), 'hex');
    const row = this.rows.get(digest);
    return row !== undefined && timingSafeEqual(row.digest, Buffer.from(digest, 'hex')) ? row.owner : undefined;
  }
}

function isAscii(text: string): boolean {
  return /^[\0-\x7f]*$/.test(text);
}
