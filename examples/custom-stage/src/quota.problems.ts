import type { ProblemType } from '@app/gateway';

export const partnerUnknownProblem: ProblemType = {
  code: 'partner-unknown',
  status: 403,
  title: 'The partner is unknown',
  fault: 'client',
  detail: 'This route serves partners, and X-Partner names none of them.',
  remedy: 'Send the name that was agreed on, or add it to `quota.partners` of the route.',
};

export const quotaExceededProblem: ProblemType = {
  code: 'quota-exceeded',
  status: 429,
  title: 'The quota is used up',
  fault: 'client',
  detail: 'The partner has made all the requests that it may make today.',
  remedy: 'Come back after Retry-After, or raise `quota.perDay` of the route.',
};
