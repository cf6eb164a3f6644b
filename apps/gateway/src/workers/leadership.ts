/** Token of Leadership. */
export const LEADERSHIP = Symbol('sluice.leadership');

/** Work that is done once in the process (health checks) is done by the leader: the living worker of lowest index. */
export interface Leadership {
  isLeader(): boolean;
  /** Told when this worker becomes the leader, or no longer is. */
  onChange(listener: (leader: boolean) => void): void;
  /** Told, in every other worker, the index of one that has ended: what it held of a shared count is void. */
  onWorkerEnded(listener: (worker: number) => void): void;
}
