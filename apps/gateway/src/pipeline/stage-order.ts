/**
 * The order of stages, with the reason for each place. Requests pass the list downwards, replies upwards from the
 * stage that made them. A stage that a route does not use is not in its pipeline.
 */
export const stageOrder = [
  ['cors', 'first, so that a browser can read every reply, refusals too; a preflight carries no credentials'],
  ['compression', 'near the client: everything below works on plain bodies'],
  ['header-rules', 'inside compression, so that rules may set a type or forbid transforming'],
  ['body-limit', 'before any work is spent on a request whose declared body will be refused'],
  ['ip-rules', 'who may not come at all costs nothing more'],
  ['pre-auth-rate-limit', 'by address, before credentials are looked at: guessing them is limited too'],
  ['authenticate', 'who asks, which everything below may be decided by'],
  ['authorize', 'what they may do, before it takes from their limits'],
  ['rate-limit', 'by user, tenant and key, which are known now'],
  [
    'cache',
    'below every refusal, since a stored reply is for those who may ask; above everything that costs the upstream',
  ],
  ['respond', 'answers from here, after everything that may refuse'],
  ['redirect', 'as respond'],
  ['choose-upstream', 'the policies below belong to one upstream'],
  ['bulkhead', 'waits for a place before the breaker is asked, whose answer may be another by then'],
  ['breaker', 'an open one costs nothing but its answer'],
  ['retry', 'inside the breaker, which counts each try'],
  ['forward', 'last: what comes so far goes upstream'],
] as const satisfies readonly (readonly [name: string, reason: string])[];

export type BuiltInStage = (typeof stageOrder)[number][0];
