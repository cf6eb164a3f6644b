import { installDebianPackages } from './debian-packages.ts';
import { contestants } from './peers/contestants.ts';
import { findProgram, type Peer } from './peers/peer.ts';

/** What the bench itself runs on, and the package that brings it. */
const TOOLS = { nginx: 'nginx-light', wrk: 'wrk', taskset: 'util-linux', setpriv: 'util-linux' };

export interface LineUp {
  peers: Peer[];
  skipped: { peer: string; reason: string }[];
}

/**
 * The peers that run: those named (all when none is), after an attempt to install what is missing. Throws when the
 * bench's own tools cannot be had.
 */
export function lineUp(only: readonly string[]): LineUp {
  if (process.platform !== 'linux') throw new Error('CPU time is read from /proc: this runs on Linux only');
  const wanted = contestants.filter(({ name }) => only.length === 0 || only.includes(name));
  const packages = [
    ...absentTools().map(([, debianPackage]) => debianPackage),
    ...wanted.flatMap((peer) => (peer.missing() === null ? [] : (peer.debianPackage ?? []))),
  ];
  const refused = packages.length === 0 ? null : installDebianPackages([...new Set(packages)]);
  const [tool] = absentTools();
  if (tool !== undefined) throw new Error(`needs ${tool[0]} (Debian package ${tool[1]}): ${refused}`);

  const skipped = wanted.flatMap((peer) => {
    const missing = peer.missing();
    if (missing === null) return [];
    const why = peer.debianPackage !== undefined && refused !== null ? `${missing}; ${refused}` : missing;
    return [{ peer: peer.name, reason: why }];
  });
  const peers = wanted.filter(({ name }) => !skipped.some(({ peer }) => peer === name));
  return { peers, skipped };
}

function absentTools(): [string, string][] {
  return Object.entries(TOOLS).filter(([program]) => findProgram(program) === null);
}
