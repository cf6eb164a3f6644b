import { z } from 'zod';

/** What a client publishes. */
export const notificationInputSchema = z.strictObject({ message: z.string().trim().min(1).max(1000) });

/** Time between two ticks of a stream or a socket, in milliseconds. */
const everyMs = z.coerce.number().int().min(1).max(3_600_000).default(1000);

export const streamQuerySchema = z.object({
  everyMs,
  /** Events after which the stream ends. Without it, it goes on. */
  count: z.coerce.number().int().min(1).max(1_000_000).optional(),
});

export const socketQuerySchema = z.object({ everyMs });

export type NotificationInput = z.output<typeof notificationInputSchema>;
export type SocketQuery = z.output<typeof socketQuerySchema>;
export type StreamQuery = z.output<typeof streamQuerySchema>;

export interface Notification extends NotificationInput {
  id: string;
  at: string;
}
