import type { Stage } from './contract/stage.js';
import { stageOrder } from './stage-order.js';

/**
 * Puts built-in stages into the order of the list, and each custom stage directly below the one that it names.
 * Custom stages that name the same place keep the order in which they were given.
 *
 * @throws Error when a name is taken twice, a place is unknown, or two custom stages wait for each other
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
    if (later.length === waiting.length) {
      const [stage] = later;
      throw new Error(
        `stage "${stage.name}" has no place: there is no stage "${stage.after ?? ''}"; the stages are ${builtIn.join(', ')}`,
      );
    }
    waiting = later;
  }
  return ordered;
}
