import { markdownTable } from '../peers/report/table.ts';

/** What `make flame` leaves beside its drawing. */
export interface FlameData {
  revision: string | null;
  cpuSeconds: number;
  /** Shares of the time, by whose code ran. */
  owners: Record<string, number>;
  functions: { name: string; file: string; owner: string; share: number }[];
}

const percent = (share: number): string => (100 * share).toFixed(1);

/** Where the time goes, in two tables. */
export function flameRegion({ revision, cpuSeconds, owners, functions }: FlameData): string {
  const whose = Object.entries(owners).map(([owner, share]) => [owner, percent(share)]);
  const which = functions.map(({ name, file, share }) => [`\`${name}\``, file, percent(share)]);
  return [
    `Of ${cpuSeconds.toFixed(1)} s of processor time, revision ${revision ?? 'unknown'}:`,
    markdownTable([['whose code ran', '%'], ...whose]),
    'The functions that took the most themselves, callees left out:',
    markdownTable([['function', 'file', '%'], ...which]),
  ].join('\n\n');
}
