import { isMainThread, workerData, type MessagePort } from 'node:worker_threads';
import type { ConfigSource } from '../config/load.js';
import type { RegionSeat } from './region-channel.js';

/** What a worker is born with. */
export interface WorkerData {
  readonly source: ConfigSource;
  /** Name of the process, for what must not differ between workers. */
  readonly processName: string;
  readonly regions: RegionSeat;
  readonly control: MessagePort;
  readonly log: { readonly port: MessagePort; readonly tty: boolean; readonly colours: boolean };
  /** Ports that the first worker has got, and all others take; null for the first. */
  readonly ports: { readonly traffic: number; readonly management: number | null } | null;
}

const KEY = 'sluice.worker';

/** Under a name of its own: an application may have workers besides. */
export function wrapWorkerData(data: WorkerData): object {
  return { [KEY]: data };
}

/** What this thread is born with; null when it is no worker of a gateway. */
export function ownWorkerData(): WorkerData | null {
  if (isMainThread) return null;
  const data = workerData as { readonly [KEY]?: WorkerData } | null | undefined;
  return data?.[KEY] ?? null;
}
