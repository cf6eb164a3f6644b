import { randomBytes } from 'node:crypto';

/** Tells a gateway from others: one is made up for each process. */
export function newProcessName(): string {
  return `sluice-${randomBytes(4).toString('hex')}`;
}
