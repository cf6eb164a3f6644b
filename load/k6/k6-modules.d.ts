/** As much of k6 1.x as the scripts here use (https://grafana.com/docs/k6/latest/javascript-api/). */

/** What was given with `-e NAME=value`, and the `env` of the scenario. */
declare const __ENV: Record<string, string | undefined>;

declare module 'k6' {
  export function sleep(seconds: number): void;
  /** Counts each named condition in the metric `checks`. @returns whether all of them hold */
  export function check<T>(value: T, conditions: Record<string, (value: T) => boolean>): boolean;
  /** Ends the iteration with an error; in `setup`, the run. */
  export function fail(reason: string): never;
}

declare module 'k6/http' {
  export interface Response {
    readonly status: number;
    readonly body: string | null;
    /** By their names in canonical form: `Cache-Status`. */
    readonly headers: Readonly<Record<string, string | undefined>>;
    /** Milliseconds; `waiting` is the time to the first byte, `duration` to the last. */
    readonly timings: { readonly waiting: number; readonly duration: number };
    json(path?: string): unknown;
  }
  export interface Parameters {
    readonly headers?: Readonly<Record<string, string>>;
    readonly tags?: Readonly<Record<string, string>>;
    /** 0 follows no redirect. */
    readonly redirects?: number;
    readonly timeout?: string;
    readonly responseCallback?: ResponseCallback;
  }
  /** Says which answers count as failed; made by `expectedStatuses`. */
  export interface ResponseCallback {
    readonly brand: 'k6';
  }
  interface Http {
    get(url: string, parameters?: Parameters): Response;
    post(url: string, body: string, parameters?: Parameters): Response;
    request(method: string, url: string, body: string | null, parameters?: Parameters): Response;
    expectedStatuses(...statuses: (number | { min: number; max: number })[]): ResponseCallback;
  }
  const http: Http;
  export default http;
}

declare module 'k6/metrics' {
  export class Counter {
    constructor(name: string);
    add(value: number, tags?: Readonly<Record<string, string>>): void;
  }
  export class Rate {
    constructor(name: string);
    add(value: boolean, tags?: Readonly<Record<string, string>>): void;
  }
  export class Trend {
    constructor(name: string, isTime?: boolean);
    add(value: number, tags?: Readonly<Record<string, string>>): void;
  }
}
