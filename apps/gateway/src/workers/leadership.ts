/** Token of Leadership. */
export const LEADERSHIP = Symbol('sluice.leadership');

/** Work that is done once in the process (health checks) is done by the leader: the living worker of lowest index. */
export interface Leadership {
  isLeader(): boolean;
  /** Told when this worker becomes the leader, or no longer is. */
  onChange(listener: (leader: boolean) => void): void;
}
