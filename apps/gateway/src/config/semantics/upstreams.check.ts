import { formatPath } from '../config-path.js';
import type { ConfigProblem } from '../config-error.js';
import type { UpstreamConfig } from '../schema/gateway.schema.js';
import { checkClientCertificate } from './client-certificate.js';
import type { SemanticCheck } from './semantic-check.js';

const HOST = /^(?:\[[\da-f:.]+\]|[\w.-]+)(?::\d{1,5})?$/i;
// RFC 9112 section 3.2.1, origin-form.
const REQUEST_TARGET = /^\/(?!\/)[\x21\x24-\x7e]*(?:\?[\x21\x24-\x7e]*)?$/;

/** Each upstream can get requests: its targets differ, one at least has a weight, and what it is asked with is valid. */
export const checkUpstreams: SemanticCheck = ({ upstreams }) =>
  Object.entries(upstreams).flatMap(([name, upstream]) =>
    checkUpstream(upstream).map(({ at, message, hint }) => ({
      path: formatPath(['upstreams', name, ...at]),
      message: `${message} (upstream "${name}")`,
      hint,
    })),
  );

type Found = Pick<ConfigProblem, 'message' | 'hint'> & { at: readonly PropertyKey[] };

function checkUpstream(upstream: UpstreamConfig): Found[] {
  const { targets, hostHeader, healthCheck } = upstream;
  const problems: Found[] = checkClientCertificate(upstream);
  const firstWith = new Map<string, number>();
  targets.forEach(({ url }, index) => {
    const { origin } = new URL(url);
    const first = firstWith.get(origin);
    if (first === undefined) firstWith.set(origin, index);
    else problems.push({ at: ['targets', index, 'url'], message: `is targets[${first}] again`, hint: 'use weight' });
  });
  if (targets.every(({ weight }) => weight === 0)) {
    problems.push({ at: ['targets'], message: 'have all the weight 0, so that none gets a request' });
  }
  if (!HOST.test(hostHeader)) problems.push({ at: ['hostHeader'], message: 'must be "target", "client" or a host' });
  if (healthCheck !== null && !REQUEST_TARGET.test(healthCheck.path)) {
    problems.push({ at: ['healthCheck', 'path'], message: 'is not a path that can be asked for' });
  }
  return problems;
}
