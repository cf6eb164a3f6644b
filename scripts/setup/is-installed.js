// Exits 0 when node_modules holds what package-lock.json asks for, 1 when `npm ci` is needed.
// Runs under whatever Node the machine has (18 or newer): the pinned one may not be there yet.
import { existsSync, readFileSync } from 'node:fs';

const packagesOf = (file) => JSON.parse(readFileSync(file, 'utf8')).packages;
const same = (left, right) => JSON.stringify(left ?? {}) === JSON.stringify(right ?? {});

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
  for (const [path, { version, optional, devOptional, link }] of Object.entries(wanted)) {
    if (path === '' || link) continue;
    const installed = present[path];
    // Packages for other platforms are in the lock and not on the disk.
    if (installed === undefined && (optional || devOptional)) continue;
    if (installed?.version !== version) return `${path} is ${installed?.version ?? 'missing'}, not ${version}`;
  }
  const extra = Object.keys(present).find((path) => wanted[path] === undefined);
  return extra === undefined ? null : `${extra} is not in package-lock.json`;
}

const reason = whyStale();
if (reason !== null) {
  console.log(reason);
  process.exitCode = 1;
}
