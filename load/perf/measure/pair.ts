import { CannotMeasure } from '../cannot-measure.ts';
import type { Bench } from '../../peers/bench.ts';
import { startPeer, type RunningPeer, type Variant } from '../../peers/running-peer.ts';
import type { BuiltTree } from '../trees/build-tree.ts';

export const SIDES = ['base', 'head'] as const;
export type Side = (typeof SIDES)[number];
/** The same of both sides. */
export type Both<T> = Record<Side, T>;

/** What one round found on both sides. */
export type Pair = Both<number>;

/** Base first, then head first: whoever is second finds the machine as the other one left it. */
export function inOrder(turn: number): readonly Side[] {
  return turn % 2 === 0 ? SIDES : SIDES.toReversed();
}

/** Starts both gateways side by side on the core that is theirs, runs `work` with them, and ends them. */
export async function withBoth<T>(
  bench: Bench,
  trees: Both<BuiltTree>,
  turn: number,
  variantOf: (tree: BuiltTree, side: Side) => Variant,
  work: (running: Both<RunningPeer>) => Promise<T>,
): Promise<T> {
  const running: Partial<Both<RunningPeer>> = {};
  try {
    for (const side of inOrder(turn)) running[side] = await started(bench, trees[side], variantOf(trees[side], side));
    return await work(running as Both<RunningPeer>);
  } finally {
    await Promise.all(Object.values(running).map((gateway) => gateway.stop()));
  }
}

async function started(bench: Bench, tree: BuiltTree, variant: Variant): Promise<RunningPeer> {
  try {
    return await startPeer(bench, variant);
  } catch (error) {
    const reason = (error as Error).message.replaceAll(/\s+/g, ' ');
    throw new CannotMeasure(`the gateway of ${tree.label} does not come up: ${reason}`);
  }
}
