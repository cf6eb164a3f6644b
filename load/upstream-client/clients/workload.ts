/** One request and its whole response, as a client does it. */
export type Once = (done: (bytes: number) => void) => void;

export interface Workload {
  readonly path: string;
  readonly body: Buffer | null;
  /** Requests at a time. */
  readonly concurrency: number;
  /** Bytes of the response body. */
  readonly bytes: number;
}

export const workloads: Readonly<Record<string, Workload>> = {
  'get-1k': { path: '/1k', body: null, concurrency: 64, bytes: 1_024 },
  'post-1k': { path: '/1k', body: Buffer.alloc(1_024, 'y'), concurrency: 64, bytes: 1_024 },
  'get-1m': { path: '/1m', body: null, concurrency: 16, bytes: 1_048_576 },
};

/** Fields such as a gateway passes on. */
export const fields = [
  'host',
  'users.internal',
  'user-agent',
  'bench/1.0',
  'accept',
  '*/*',
  'accept-encoding',
  'gzip, deflate, br',
  'x-request-id',
  '0193f5c2-6f6e-7a55-9f2e-8d6f4e1c2b3a',
  'x-forwarded-for',
  '192.0.2.17',
  'traceparent',
  '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
];
