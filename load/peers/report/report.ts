import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Environment } from '../measure/environment.ts';
import type { WorkloadResult } from '../workloads/workload.ts';
import { markdownTable, tableOf } from './table.ts';
import { verdictLine, type Verdict } from './targets.ts';

/** A whole run: what the JSON file holds. */
export interface Report {
  set: string;
  startedAt: string;
  arguments: string[];
  environment: Environment;
  skipped: { peer: string; reason: string }[];
  /** Workloads that came to nothing, and why. */
  failures: { workload: string; reason: string }[];
  results: WorkloadResult[];
  verdicts: Verdict[];
}

export function markdownOf(report: Report): string {
  const { environment: env } = report;
  const parts = [
    `# Side by side: ${report.set}`,
    `${report.startedAt}, revision ${env.revision ?? 'unknown'}, Node ${env.node}, Linux ${env.kernel}, ` +
      `${env.cpuCount} x ${env.cpuModel}. Medians of the rounds, [min-max].`,
    Object.entries(env.versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(', '),
    ...report.skipped.map(({ peer, reason }) => `Skipped: ${peer} (${reason})`),
    ...report.failures.map(({ workload, reason }) => `Failed: ${workload} (${reason})`),
  ];
  for (const result of report.results) {
    parts.push(`## ${result.workload}`, `${result.description}.`, markdownTable(tableOf(result)));
    for (const note of result.notes) parts.push(`Note: ${note}.`);
  }
  parts.push('## Targets', report.verdicts.map((verdict) => `- ${verdictLine(verdict)}`).join('\n'));
  return `${parts.join('\n\n')}\n`;
}

/** Writes beside the file and renames, so that a reader never finds half of it. */
export function writeWhole(file: string, content: string): void {
  mkdirSync(dirname(file), { recursive: true });
  const unfinished = `${file}.${process.pid}.tmp`;
  writeFileSync(unfinished, content);
  renameSync(unfinished, file);
}
