import { Module } from '@nestjs/common';
import { Profiler } from '@app/observability';
import { fileURLToPath } from 'node:url';
import { WorkerProfiles } from './worker-profiles.js';
import { WorkerRuntimes } from './worker-runtimes.js';
import { PprofController } from './pprof.controller.js';

/** Folder of the compiled gateway with its source maps, seen from this file. */
const compiledRoot = fileURLToPath(new URL('../../../..', import.meta.url));

/** `/debug/pprof/`. */
@Module({
  controllers: [PprofController],
  providers: [WorkerProfiles, WorkerRuntimes, { provide: Profiler, useFactory: () => new Profiler([compiledRoot]) }],
})
export class ProfilingModule {}
