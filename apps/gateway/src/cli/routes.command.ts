import type { RouteConfig } from '../config/schema/gateway.schema.js';
import type { Command } from './command.js';
import { EXIT_OK } from './io.js';
import { loadOrReport } from './load-or-report.js';

export const routesCommand: Command = {
  usage: 'routes',
  summary: 'print the routes in the order of the file, and where they lead',
  takesFile: false,
  async run(file, io, setup) {
    const loaded = loadOrReport(file, io, setup);
    if (typeof loaded === 'number') return loaded;
    io.stdout.write(formatRoutes(loaded.config.routes));
    return EXIT_OK;
  },
};

/** The routes as a table of text, one line each. */
export function formatRoutes(routes: readonly RouteConfig[]): string {
  const rows = routes.map((route) => [
    route.id,
    route.match.hosts.join(',') || '*',
    route.match.methods.join(',') || '*',
    `${route.match.path}${conditionsOf(route)}`,
    `→ ${targetOf(route)}`,
  ]);
  const table = [['ID', 'HOSTS', 'METHODS', 'PATH', '→ TARGET'], ...rows];
  const widths = table[0].map((_, column) => Math.max(...table.map((row) => row[column].length)));
  return table
    .map(
      (row) =>
        `${row
          .map((cell, i) => cell.padEnd(widths[i]))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}

/** Names of the fields and parameters that must also fit; their values may be secret. */
function conditionsOf({ match }: RouteConfig): string {
  const names = [...Object.keys(match.headers), ...Object.keys(match.query).map((name) => `?${name}`)];
  return names.length === 0 ? '' : ` [${names.join(' ')}]`;
}

function targetOf({ upstream, weighted, redirect, respond }: RouteConfig): string {
  if (upstream !== undefined) return upstream;
  if (redirect !== undefined) return `${redirect.status} ${redirect.to}`;
  if (respond !== undefined) return `respond ${respond.status}`;
  const shares = weighted ?? [];
  const total = shares.reduce((sum, { weight }) => sum + weight, 0);
  return shares.map((share) => `${share.upstream} ${percent(share.weight / total)}`).join(', ');
}

function percent(share: number): string {
  return `${Number((share * 100).toFixed(1))}%`;
}
