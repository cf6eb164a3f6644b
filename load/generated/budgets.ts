// Generated from the configuration by `sluice generate load`. Do not edit.

/** A route as a load test meets it. */
export interface RouteUnderLoad {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Statuses that the route answers with when all is well, the first and the last. */
  readonly statuses: readonly [number, number];
  /** Whether a token is looked at, and whether one is needed. */
  readonly token: 'none' | 'optional' | 'required';
  /** What the route's own limits let one client do. null for no limit. */
  readonly allowance: { readonly rps: number; readonly burst: number } | null;
  /** null for none: then there is no scenario and no threshold. */
  readonly budget: { readonly p95Ms: number; readonly errorRatePercent: number } | null;
}

/** Routes by their ids, without those that only a secret in a field leads to. */
export const routes: Readonly<Record<string, RouteUnderLoad>> = {
  "users": {
    "method": "GET",
    "path": "/api/v1/users",
    "headers": {},
    "statuses": [200, 399],
    "token": "optional",
    "allowance": {
      "rps": 100,
      "burst": 200
    },
    "budget": {
      "p95Ms": 500,
      "errorRatePercent": 1
    }
  },
  "users-write": {
    "method": "POST",
    "path": "/api/v1/users",
    "headers": {},
    "statuses": [200, 399],
    "token": "required",
    "allowance": {
      "rps": 100,
      "burst": 200
    },
    "budget": {
      "p95Ms": 500,
      "errorRatePercent": 1
    }
  },
  "auth": {
    "method": "GET",
    "path": "/api/v1/auth",
    "headers": {},
    "statuses": [200, 399],
    "token": "optional",
    "allowance": {
      "rps": 20,
      "burst": 40
    },
    "budget": {
      "p95Ms": 500,
      "errorRatePercent": 1
    }
  },
  "tenants": {
    "method": "GET",
    "path": "/api/v1/tenants",
    "headers": {},
    "statuses": [200, 399],
    "token": "required",
    "allowance": {
      "rps": 100,
      "burst": 200
    },
    "budget": {
      "p95Ms": 500,
      "errorRatePercent": 1
    }
  },
  "notifications": {
    "method": "GET",
    "path": "/api/v1/notifications",
    "headers": {},
    "statuses": [200, 399],
    "token": "none",
    "allowance": null,
    "budget": null
  }
};

/** A scenario of k6 that asks for one route, as often as its limits allow with a fifth to spare, 20 times a second at most. */
export interface RouteScenario {
  executor: 'constant-arrival-rate';
  rate: number;
  timeUnit: string;
  duration: string;
  preAllocatedVUs: number;
  maxVUs: number;
  /** The function of the script that asks, for the route in `__ENV.ROUTE`. */
  exec: 'askRoute';
  env: { ROUTE: string };
  tags: { route: string };
}

/** One for each route with a budget. */
export const scenarios: Readonly<Record<string, RouteScenario>> = {
  "users": {
    "executor": "constant-arrival-rate",
    "rate": 20,
    "timeUnit": "1s",
    "duration": "30s",
    "preAllocatedVUs": 10,
    "maxVUs": 40,
    "exec": "askRoute",
    "env": {
      "ROUTE": "users"
    },
    "tags": {
      "route": "users"
    }
  },
  "users-write": {
    "executor": "constant-arrival-rate",
    "rate": 20,
    "timeUnit": "1s",
    "duration": "30s",
    "preAllocatedVUs": 10,
    "maxVUs": 40,
    "exec": "askRoute",
    "env": {
      "ROUTE": "users-write"
    },
    "tags": {
      "route": "users-write"
    }
  },
  "auth": {
    "executor": "constant-arrival-rate",
    "rate": 16,
    "timeUnit": "1s",
    "duration": "30s",
    "preAllocatedVUs": 8,
    "maxVUs": 32,
    "exec": "askRoute",
    "env": {
      "ROUTE": "auth"
    },
    "tags": {
      "route": "auth"
    }
  },
  "tenants": {
    "executor": "constant-arrival-rate",
    "rate": 20,
    "timeUnit": "1s",
    "duration": "30s",
    "preAllocatedVUs": 10,
    "maxVUs": 40,
    "exec": "askRoute",
    "env": {
      "ROUTE": "tenants"
    },
    "tags": {
      "route": "tenants"
    }
  }
};

/** The budgets, as thresholds on what was tagged with the route. A budget that no traffic met is not kept. */
export const thresholds: Readonly<Record<string, string[]>> = {
  "http_req_duration{route:users}": ["p(95)<500"],
  "http_req_failed{route:users}": ["rate<0.01"],
  "http_reqs{route:users}": ["count>0"],
  "http_req_duration{route:users-write}": ["p(95)<500"],
  "http_req_failed{route:users-write}": ["rate<0.01"],
  "http_reqs{route:users-write}": ["count>0"],
  "http_req_duration{route:auth}": ["p(95)<500"],
  "http_req_failed{route:auth}": ["rate<0.01"],
  "http_reqs{route:auth}": ["count>0"],
  "http_req_duration{route:tenants}": ["p(95)<500"],
  "http_req_failed{route:tenants}": ["rate<0.01"],
  "http_reqs{route:tenants}": ["count>0"]
};
