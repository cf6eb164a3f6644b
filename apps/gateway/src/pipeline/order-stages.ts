import type { Stage } from './contract/stage.js';
import { stageOrder, type BuiltInStage } from './stage-order.js';

/**
 * Puts built-in stages into the order of the list, and each custom stage directly below the one that it names.
 * Custom stages that name the same place keep the order in which they were given.
 *
 * @throws Error when a name is taken twice, a place is missing, unknown or never reached, or two custom stages wait for
 *   each other
 */
export function orderStages(stages: readonly Stage[]): Stage[] {
  const byName = new Map<string, Stage>();
  for (const stage of stages) {
    if (byName.has(stage.name)) throw new Error(`two stages are called "${stage.name}"`);
    byName.set(stage.name, stage);
  }
  const builtIn = stageOrder.map(([name]) => name as string);
  const ordered = builtIn.flatMap((name) => byName.get(name) ?? []);
  let waiting = stages.filter((stage) => !builtIn.includes(stage.name)).reverse();
  while (waiting.length > 0) {
    const later: Stage[] = [];
    for (const stage of waiting) {
      const at = ordered.findIndex(({ name }) => name === stage.after);
      if (at < 0) later.push(stage);
      else ordered.splice(at + 1, 0, stage);
    }
    if (later.length === waiting.length) throw new Error(explain(later, [...new Set([...builtIn, ...byName.keys()])]));
    waiting = later;
  }
  // A policy that no request reaches would look as if it held.
  const at = ordered.findIndex(({ name }) => name === END);
  if (at >= 0 && at < ordered.length - 1) {
    throw new Error(`stage "${ordered[at + 1].name}" has no place: "${END}" takes every request that reaches it`);
  }
  return ordered;
}

const END = 'forward' satisfies BuiltInStage;

function explain(unplaced: readonly Stage[], names: readonly string[]): string {
  const lost = unplaced.find(({ after }) => after === undefined || !names.includes(after));
  if (lost === undefined) {
    return `stages ${unplaced.map(({ name }) => `"${name}"`).join(', ')} wait for each other: one must name another place`;
  }
  const reason = lost.after === undefined ? 'it names none' : `there is no stage "${lost.after}"`;
  return `stage "${lost.name}" has no place: ${reason}; it can come after ${names.filter((name) => name !== END && name !== lost.name).join(', ')}`;
}
