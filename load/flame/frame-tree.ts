import type { Place, Stack } from './read-profile.ts';

/** Whose code a frame is. */
export type Owner = 'gateway' | 'packages' | 'Node' | 'garbage collection' | 'other threads' | 'native and kernel';

export interface Frame extends Place {
  owner: Owner;
  /** Time in it and in what it calls. */
  total: number;
  /** Time in it alone. */
  self: number;
  children: Map<string, Frame>;
}

/** What is no work: the event loop waits for it. */
const IDLE = '(idle)';

/** Merges stacks into a tree of calls. Time in which the thread waited is left out. */
export function frameTree(stacks: readonly Stack[]): Frame {
  const root: Frame = { name: 'all', file: '', owner: 'Node', total: 0, self: 0, children: new Map() };
  for (const { places, weight } of stacks) {
    if (weight === 0 || places.some(({ name }) => name === IDLE)) continue;
    let frame = root;
    frame.total += weight;
    for (const place of places) {
      const key = `${place.name}\n${place.file}`;
      let next = frame.children.get(key);
      if (next === undefined) {
        next = { ...place, owner: ownerOf(place, frame), total: 0, self: 0, children: new Map() };
        frame.children.set(key, next);
      }
      next.total += weight;
      frame = next;
    }
    frame.self += weight;
  }
  return root;
}

function ownerOf({ name, file }: Place, caller: Frame): Owner {
  if (/Garbage Collection|\(garbage collector\)/.test(name)) return 'garbage collection';
  if (name === 'Non JS threads activity') return 'other threads';
  if (file.includes('node_modules/')) return 'packages';
  if (/^node:|^internal\//.test(file)) return 'Node';
  if (/(^|\/)(apps|libs)\//.test(file)) return 'gateway';
  // Built-ins such as Array.push run as a part of whoever calls them; system calls do not.
  return caller.owner === 'gateway' && /^[A-Z]/.test(name) ? 'gateway' : 'native and kernel';
}

/** The share of each owner in all time, by the code that ran and not by who called it. */
export function shares(root: Frame): Map<Owner, number> {
  const sums = new Map<Owner, number>();
  for (const { owner, self } of everyFrame(root)) sums.set(owner, (sums.get(owner) ?? 0) + self / root.total);
  return new Map([...sums].sort(([, a], [, b]) => b - a));
}

/** The functions that took most of the time themselves, with their share. */
export function hottest(root: Frame, count: number): (Place & { owner: Owner; share: number })[] {
  const sums = new Map<string, Place & { owner: Owner; share: number }>();
  for (const { name, file, owner, self } of everyFrame(root)) {
    const key = `${name}\n${file}`;
    const known = sums.get(key) ?? { name, file, owner, share: 0 };
    known.share += self / root.total;
    sums.set(key, known);
  }
  return [...sums.values()].sort((a, b) => b.share - a.share).slice(0, count);
}

function* everyFrame(frame: Frame): Generator<Frame> {
  yield frame;
  for (const child of frame.children.values()) yield* everyFrame(child);
}
