import type { GatewayConfig, RouteConfig } from '../config/schema/gateway.schema.js';

const LOGIN = `-H 'content-type: application/json' -d '{"username":"alice","password":"alice-password"}'`;

/** A token of the demo's administrator, as the shell fetches it. */
const bearer = (url: string): string =>
  `-H "authorization: Bearer $(curl -s ${url}/api/v1/auth/token ${LOGIN} | cut -d '"' -f 4)"`;

/** Requests that show more of the demo than a plain GET would. */
const demoExamples: Readonly<Record<string, (url: string) => string>> = {
  users: (url) => `curl ${url}/api/v1/users`,
  'users-write': (url) =>
    `curl ${url}/api/v1/users ${bearer(url)} ` +
    `-H 'content-type: application/json' -d '{"name":"Ina Iversen","email":"ina@acme.example"}'`,
  auth: (url) => `curl ${url}/api/v1/auth/token ${LOGIN}`,
  tenants: (url) => `curl ${url}/api/v1/tenants ${bearer(url)}`,
  notifications: (url) => `curl -N '${url}/api/v1/notifications/stream?count=3'`,
};

/** What a person sees when the gateway has started. */
export function banner(config: GatewayConfig, url: string, managementUrl: string, demo: boolean): string {
  const lines = [`Sluice listens on ${url}`, '', 'Routes'];
  const width = Math.max(...config.routes.map((route) => route.id.length), 4);
  const paths = Math.max(...config.routes.map((route) => route.match.path.length), 4);
  for (const route of config.routes) {
    const methods = route.match.methods.length > 0 ? route.match.methods.join(',') : 'any method';
    lines.push(`  ${route.id.padEnd(width)}  ${route.match.path.padEnd(paths)}  ${methods}  -> ${destination(route)}`);
  }
  if (config.routes.length === 0) lines.push('  none yet: see docs/configuration.md');
  if (demo) {
    lines.push('', 'Try');
    for (const route of config.routes) {
      const example = demoExamples[route.id];
      if (example !== undefined) lines.push(`  ${example(url)}`);
    }
  }
  lines.push(
    '',
    'Management',
    `  health     ${managementUrl}/health`,
    `  readiness  ${managementUrl}/ready`,
    ...(config.telemetry.metrics ? [`  metrics    ${managementUrl}/metrics`] : []),
    `  API docs   ${managementUrl}/docs`,
    ...(config.telemetry.profiling ? [`  profiling  ${managementUrl}/debug/pprof/`] : []),
    '',
  );
  return lines.join('\n');
}

function destination(route: RouteConfig): string {
  if (route.respond !== undefined) return `answers ${route.respond.status}`;
  if (route.redirect !== undefined) return `redirects to ${route.redirect.to}`;
  if (route.weighted !== undefined) {
    return route.weighted.map(({ upstream, weight }) => `${upstream} (${weight})`).join(', ');
  }
  return route.upstream ?? '';
}
