import { Module, type DynamicModule } from '@nestjs/common';
import { LEADERSHIP } from './leadership.js';
import { SHARED_MEMORY } from './shared-memory.js';
import { WHOLE_PROCESS } from './whole-process.js';
import type { WorkerSeat } from './worker-seat.js';

/** Gives every module what it may know of the other workers. */
@Module({})
export class WorkersModule {
  static register({ memory, wholeProcess, leadership }: WorkerSeat): DynamicModule {
    return {
      module: WorkersModule,
      global: true,
      providers: [
        { provide: SHARED_MEMORY, useValue: memory },
        { provide: WHOLE_PROCESS, useValue: wholeProcess },
        { provide: LEADERSHIP, useValue: leadership },
      ],
      exports: [SHARED_MEMORY, WHOLE_PROCESS, LEADERSHIP],
    };
  }
}
