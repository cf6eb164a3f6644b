import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { fromRoot } from '../../peers/peers/peer.ts';
import { writeWhole } from '../../peers/report/report.ts';
import { CannotMeasure } from '../cannot-measure.ts';
import type { Verdict } from '../verdict.ts';

const schema = z.strictObject({
  /** See {@link import('./machine-class.ts').machineClass}. */
  machineClass: z.string(),
  points: z.array(
    z.strictObject({
      /** ISO 8601. */
      at: z.string(),
      /** The head that was measured. */
      revision: z.string(),
      /** By `rule: subject`. */
      figures: z.record(z.string(), z.number()),
    }),
  ),
});

/** What one class of machine measured over time: for plots, and never for a verdict. */
export type Baseline = z.infer<typeof schema>;

export const BASELINES = fromRoot('load/baselines');
/** Enough for a plot of a year. */
const POINTS_MAX = 400;

/** Reads one. Throws with a line to show. */
export function readBaseline(file: string): Baseline {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new CannotMeasure(`${file}: ${(error as Error).message}`);
  }
  const { success, data } = schema.safeParse(content);
  if (!success) throw new CannotMeasure(`${file} is no baseline`);
  return data;
}

/** Adds the head's figures to the baseline of this class. @returns the file */
export function record(verdict: Verdict, machineClass: string, folder = BASELINES): string {
  const revision = verdict.labels.head;
  if (revision.includes(' + ')) throw new CannotMeasure(`nothing is recorded of ${revision}: commit first`);
  const file = join(folder, `${machineClass}.json`);
  const before: Baseline = existsSync(file) ? readBaseline(file) : { machineClass, points: [] };
  if (before.machineClass !== machineClass) {
    throw new CannotMeasure(
      `${file} is of another class of machine (${before.machineClass}), and this is ${machineClass}`,
    );
  }
  const figures = Object.fromEntries(
    verdict.results.flatMap(({ rule, subject, head }) =>
      head === null || !Number.isFinite(head) ? [] : [[`${rule}: ${subject}`, Number(head.toPrecision(5))]],
    ),
  );
  const points = [...before.points, { at: verdict.startedAt, revision, figures }].slice(-POINTS_MAX);
  writeWhole(file, `${JSON.stringify({ machineClass, points }, null, 1)}\n`);
  return file;
}
