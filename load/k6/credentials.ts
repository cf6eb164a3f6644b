import http from 'k6/http';
import { fail } from 'k6';
import { target } from './target.ts';

/** What `setup` hands to every iteration. */
export interface Session {
  token: string;
}

const ACCOUNT = JSON.stringify({ username: 'alice', password: 'alice-password' });
const JSON_BODY = { 'content-type': 'application/json' };

/** The token of `-e TOKEN=…`, else one of the demo's administrator. */
export function openSession(): Session {
  if (__ENV.TOKEN !== undefined && __ENV.TOKEN !== '') return { token: __ENV.TOKEN };
  const answer = http.post(`${target}/api/v1/auth/token`, ACCOUNT, { headers: JSON_BODY, tags: { route: 'login' } });
  if (answer.status !== 200) fail(`${target} gave no token (${answer.status}): name one with TOKEN`);
  return { token: String(answer.json('access_token')) };
}

export function bearer({ token }: Session): Record<string, string> {
  return { authorization: `Bearer ${token}` };
}
