/** Token of the stages, in order. */
export const STAGES = Symbol('sluice.stages');
