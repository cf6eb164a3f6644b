/** How one upstream stands at this moment, over all its targets. */
export interface UpstreamStanding {
  readonly upstream: string;
  /** Connections that exist, being opened included. */
  readonly connectionsOpen: number;
  /** Connections that wait for a request. */
  readonly connectionsIdle: number;
  /** Requests that wait for a connection. */
  readonly requestsWaiting: number;
  readonly targetsHealthy: number;
  readonly targetsUnhealthy: number;
}

/** Tells how the upstreams stand. */
export abstract class UpstreamLoad {
  abstract read(): UpstreamStanding[];
}

interface Group {
  readonly targets: readonly {
    readonly healthy: boolean;
    readonly client: { stats(): { open: number; idle: number; waiting: number } };
  }[];
}

/** Adds up over the targets of each group when it is asked. */
export class UpstreamGroupsLoad extends UpstreamLoad {
  constructor(private readonly groups: ReadonlyMap<string, Group>) {
    super();
  }

  read(): UpstreamStanding[] {
    return [...this.groups].map(([upstream, { targets }]) => {
      const stats = targets.map((target) => target.client.stats());
      const targetsHealthy = targets.filter((target) => target.healthy).length;
      return {
        upstream,
        connectionsOpen: sum(stats.map(({ open }) => open)),
        connectionsIdle: sum(stats.map(({ idle }) => idle)),
        requestsWaiting: sum(stats.map(({ waiting }) => waiting)),
        targetsHealthy,
        targetsUnhealthy: targets.length - targetsHealthy,
      };
    });
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
