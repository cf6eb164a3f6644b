import { Agent } from 'node:http';
import { call } from './call.js';

/** Sends requests over so many connections at once, and counts the replies by status. */
export async function askMany(
  url: string,
  requests: number,
  connections: number,
  headers: Readonly<Record<string, string>> = {},
): Promise<ReadonlyMap<number, number>> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const counts = new Map<number, number>();
  await Promise.all(
    Array.from({ length: requests }, async () => {
      const { status } = await call(url, { agent, headers });
      counts.set(status, (counts.get(status) ?? 0) + 1);
    }),
  );
  agent.destroy();
  return counts;
}
