export interface Settings {
  /** The service that everything is asked of. */
  readonly warehouseUrl: string;
  /** Tokens are signed with it (HS256): 32 bytes at least. */
  readonly tokenSecret: string;
  /** null keeps limits and cached products in memory. */
  readonly redisUrl: string | null;
}

/** @throws Error when TOKEN_SECRET is not set */
export function settingsFrom(env: NodeJS.ProcessEnv): Settings {
  const { WAREHOUSE_URL = 'http://127.0.0.1:9100', TOKEN_SECRET, REDIS_URL } = env;
  if (TOKEN_SECRET === undefined) throw new Error('TOKEN_SECRET is not set');
  return { warehouseUrl: WAREHOUSE_URL, tokenSecret: TOKEN_SECRET, redisUrl: REDIS_URL ?? null };
}
