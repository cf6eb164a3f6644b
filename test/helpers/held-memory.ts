import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/**
 * Bytes of buffers that something still holds; what is only not yet collected does not count. One collection may leave
 * what was on a stack or in a running sweep, so ask `eventually`: what is truly held stays held.
 */
export function heldBufferBytes(): number {
  collect();
  return process.memoryUsage().arrayBuffers;
}
