/**
 * The order of stages, with the reason for each place. Requests pass the list downwards, replies upwards from the
 * stage that made them. A stage that a route does not use is not in its pipeline.
 */
export const stageOrder = [
  ['cors', 'first, so that a browser can read every reply, refusals too; a preflight carries no credentials'],
  ['compression', 'near the client: everything below works on plain bodies'],
  ['header-rules', 'inside compression, so that rules may set a type or forbid transforming'],
  ['body-limit', 'before any work is spent on a request whose declared body will be refused'],
  ['respond', 'answers from here, after everything that may refuse'],
  ['redirect', 'as respond'],
  ['forward', 'last: what comes so far goes upstream'],
] as const satisfies readonly (readonly [name: string, reason: string])[];

export type BuiltInStage = (typeof stageOrder)[number][0];
