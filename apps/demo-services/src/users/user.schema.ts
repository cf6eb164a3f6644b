import { z } from 'zod';

const name = z.string().trim().min(1).max(100);
const email = z.email().max(254);
const role = z.enum(['admin', 'member']);

/** What a client sends to create a user, or to replace one. */
export const userInputSchema = z.strictObject({ name, email, role: role.default('member') });

/** What a client sends to change a part of a user. */
export const userChangesSchema = z
  .strictObject({ name, email, role })
  .partial()
  .refine((changes) => Object.keys(changes).length > 0, 'Name at least one field to change.');

export const pageSchema = z.object({
  limit: z.coerce.number().int().min(1).max(100).default(20),
  offset: z.coerce.number().int().min(0).default(0),
});

export type UserInput = z.output<typeof userInputSchema>;
export type UserChanges = z.output<typeof userChangesSchema>;
export type Page = z.output<typeof pageSchema>;

export interface User extends UserInput {
  id: string;
  createdAt: string;
  updatedAt: string;
}
