import { cpus } from 'node:os';

/** What figures have to have in common to be in one plot: processor, number of cores, Node's major version. */
export function machineClass(
  model = cpus()[0]?.model ?? 'unknown',
  cores = cpus().length,
  node = process.versions.node,
): string {
  const slug = model
    .replaceAll(/\((?:R|TM|C)\)/gi, '')
    .replace(/@.*$/, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '');
  return `${slug || 'unknown'}-${cores}-cores-node-${node.split('.')[0]}`;
}
