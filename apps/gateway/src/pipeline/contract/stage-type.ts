import type { Type } from '@nestjs/common';
import type { Stage, StageSettings } from './stage.js';

/** The class of a custom stage, as the gateway takes it. */
export type StageType = Type<Stage> & { readonly settings?: StageSettings };
