/** Token of Leadership. */
export const LEADERSHIP = Symbol('sluice.leadership');

/** Work that is done once in the process (health checks) is done by the leader: the first worker, or the next living one when it has ended. */
export interface Leadership {
  isLeader(): boolean;
  /** Told when this worker becomes the leader. It stays that to its end. */
  onChange(listener: () => void): void;
}
