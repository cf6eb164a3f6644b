// A jest started past npm runs on whatever `node` the machine has, without the flag that ES modules in jest need: the
// failures that follow name neither cause.
export default function demandPinnedNode() {
  const flags = [...process.execArgv, process.env.NODE_OPTIONS ?? ''].join(' ');
  if (Number(process.versions.node.split('.')[0]) < 24 || !flags.includes('--experimental-vm-modules')) {
    throw new Error(
      'start jest through npm (`npx jest`, `npm test`, `make test`): it brings the pinned Node and flags',
    );
  }
}
