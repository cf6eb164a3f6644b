/** Users with a token who read, write, and take back what they wrote. */
import http from 'k6/http';
import { check, sleep } from 'k6';
import { bearer, openSession, type Session } from '../credentials.ts';
import { defaultThresholds } from '../health.ts';
import { lasting } from '../length.ts';
import { target } from '../target.ts';

export const setup = openSession;

const USERS = `${target}/api/v1/users`;
const NEW_USER = JSON.stringify({ name: 'Ina Iversen', email: 'ina@acme.example' });

export const options = {
  // Twenty users with four requests each in a second and a half stay below what the demo lets one tenant do.
  scenarios: { users: { executor: 'constant-vus', vus: 20, duration: lasting(30) } },
  thresholds: {
    ...defaultThresholds,
    'http_req_duration{kind:read}': ['p(95)<500'],
    'http_req_duration{kind:write}': ['p(95)<500'],
    checks: ['rate>0.99'],
  },
};

export default function user(session: Session): void {
  const headers = bearer(session);
  const tags = { route: 'users-write', kind: 'write' };
  const created = http.post(USERS, NEW_USER, { headers: { ...headers, 'content-type': 'application/json' }, tags });
  check(created, { 'is created': ({ status }) => status === 201 });
  if (created.status === 201) {
    const removed = http.request('DELETE', `${USERS}/${String(created.json('id'))}`, null, { headers, tags });
    check(removed, { 'is deleted': ({ status }) => status === 204 });
  }
  const tenants = http.get(`${target}/api/v1/tenants`, { headers, tags: { route: 'tenants', kind: 'read' } });
  check(tenants, { 'is listed': ({ status }) => status === 200 });
  const stranger = http.get(`${target}/api/v1/tenants`, {
    tags: { route: 'tenants', kind: 'read' },
    responseCallback: http.expectedStatuses(401),
  });
  check(stranger, { 'is refused without a token': ({ status }) => status === 401 });
  sleep(1.5);
}
