import { execFileSync, spawnSync } from 'node:child_process';
import { findProgram } from './peers/peer.ts';

/**
 * Installs what it is given, one by one, so that a package that this Debian lacks costs only itself. The services
 * that packages bring are not started: policy-rc.d (invoke-rc.d(8)) is Debian's way to say so, and one that is there
 * already is left alone.
 */
const INSTALL = `
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  trap 'rm -f "$policy"' EXIT
  trap 'exit 130' INT TERM HUP
  printf '#!/bin/sh\\nexit 101\\n' > "$policy"
  chmod 755 "$policy"
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update -q
status=0
for package do apt-get install -qy --no-install-recommends "$package" || status=1; done
exit $status
`;

/** Installs Debian packages, as root or through a sudo that asks nothing. Gives the reason why not, or null. */
export function installDebianPackages(packages: readonly string[]): string | null {
  if (findProgram('apt-get') === null) return 'no apt-get here';
  const asRoot = process.getuid?.() === 0;
  if (!asRoot && spawnSync('sudo', ['-n', 'true']).status !== 0) return 'needs root, or sudo without a password';
  const shell = ['sh', '-c', INSTALL, 'install', ...packages];
  const [program, ...args] = asRoot ? shell : ['sudo', '-n', ...shell];
  try {
    execFileSync(program, args, { stdio: ['ignore', process.stderr, process.stderr] });
    return null;
  } catch {
    return `apt-get could not install all of: ${packages.join(' ')}`;
  }
}
