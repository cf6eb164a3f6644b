import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { fromRoot } from '../../peers/peers/peer.ts';

const BUILD = 'dist/apps/gateway';

/**
 * Imports a module of the gateway's build, which is what runs in production: the build of this repository, or the one in
 * the folder that BENCH_BUILD names.
 * @param source the file in this repository, such as `libs/redis/src/core/connect-redis.ts`
 */
export async function built<Module>(source: string): Promise<Module> {
  const file = join(process.env.BENCH_BUILD ?? fromRoot(), BUILD, source.replace(/\.ts$/, '.js'));
  if (!existsSync(file)) throw new Error(`${source} is not built: run \`npm run build\``);
  return (await import(pathToFileURL(file).href)) as Module;
}
