import { Global, Module } from '@nestjs/common';
import { Events } from './contract/events.js';

/** Lets every provider listen, those of custom modules too, which the pipeline imports and which cannot import it. */
@Global()
@Module({ providers: [Events], exports: [Events] })
export class EventsModule {}
