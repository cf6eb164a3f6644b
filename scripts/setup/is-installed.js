// Exits 0 when node_modules holds what package-lock.json asks for, 1 when `npm ci` is needed.
// Runs under whatever Node the machine has (18 or newer): the pinned one may not be there yet.
import { existsSync, readFileSync } from 'node:fs';

const packagesOf = (file) => JSON.parse(readFileSync(file, 'utf8')).packages;
const same = (left, right) => JSON.stringify(left ?? {}) === JSON.stringify(right ?? {});

const allows = (list, mine) =>
  list === undefined ||
  (list.includes(mine) && !list.includes(`!${mine}`)) ||
  (list[0][0] === '!' && !list.includes(`!${mine}`));

function libc() {
  if (process.platform !== 'linux') return null;
  process.report.excludeNetwork = true;
  return process.report.getReport().header.glibcVersionRuntime === undefined ? 'musl' : 'glibc';
}

/**
 * True for a package made for this platform. npm leaves such a one out without a word when it thinks the machine's own
 * Node too old for it, and what needs it then fails with a riddle.
 */
const isForHere = (entry) =>
  (entry.os !== undefined || entry.cpu !== undefined) &&
  allows(entry.os, process.platform) &&
  allows(entry.cpu, process.arch) &&
  (entry.libc === undefined || allows(entry.libc, libc()));

/** @returns {string | null} why an install is needed, null when none is */
function whyStale() {
  // npm writes this one last, so that an install broken off half-way does not count as done.
  if (!existsSync('node_modules/.package-lock.json')) return 'nothing is installed';
  const wanted = packagesOf('package-lock.json');
  const manifest = JSON.parse(readFileSync('package.json', 'utf8'));
  for (const kind of ['dependencies', 'devDependencies']) {
    if (!same(manifest[kind], wanted[''][kind])) return `package.json and package-lock.json differ in ${kind}`;
  }
  const present = packagesOf('node_modules/.package-lock.json');
  for (const [path, entry] of Object.entries(wanted)) {
    if (path === '' || entry.link) continue;
    const installed = present[path];
    // Packages for other platforms are in the lock and not on the disk.
    if (installed === undefined && (entry.optional || entry.devOptional) && !isForHere(entry)) continue;
    if (installed?.version !== entry.version) {
      return `${path} is ${installed?.version ?? 'missing'}, not ${entry.version}`;
    }
  }
  const extra = Object.keys(present).find((path) => wanted[path] === undefined);
  return extra === undefined ? null : `${extra} is not in package-lock.json`;
}

const reason = whyStale();
if (reason !== null) {
  console.log(reason);
  process.exitCode = 1;
}
