import { markdownTable } from '../peers/report/table.ts';
import { verdictTable, type TargetVerdict } from '../targets/target-list.ts';

/** What `make targets` leaves. */
export interface TargetsData {
  about: string;
  verdicts: TargetVerdict[];
}

export function targetsRegion({ about, verdicts }: TargetsData): string {
  return `${about}\n\n${markdownTable(verdictTable(verdicts))}`;
}
