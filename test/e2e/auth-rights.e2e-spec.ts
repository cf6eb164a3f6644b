import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { call, type Reply } from '../helpers/call.js';
import { expectProblem } from '../helpers/expect-problem.js';
import { bearer, claimsOf, hmacToken, TOKEN_SECRET } from '../helpers/signed-token.js';
import { startGateway, type RunningGateway } from '../helpers/start-gateway.js';

let gateway: RunningGateway;

beforeAll(async () => {
  const respond = { body: 'in' };
  gateway = await startGateway({
    auth: {
      jwt: { secret: TOKEN_SECRET },
      providers: {
        realm: {
          jwt: {
            secret: TOKEN_SECRET,
            issuer: 'realm',
            claims: { roles: 'realm_access.roles', permissions: 'scope' },
          },
        },
      },
    },
    routes: [
      {
        id: 'all',
        match: { path: '/all' },
        respond,
        auth: { providers: ['jwt'], permissions: ['users:read', 'users:write'], roles: ['admin'] },
      },
      {
        id: 'any',
        match: { path: '/any' },
        respond,
        auth: { providers: ['jwt'], permissions: ['users:read', 'users:write'], roles: ['admin'], match: 'any' },
      },
      {
        id: 'realm',
        match: { path: '/realm' },
        respond,
        auth: { providers: ['realm'], permissions: ['users:read'], roles: ['admin'] },
      },
    ],
  });
});
afterAll(() => gateway?.close());

const ask = (path: string, rights: object): Promise<Reply> =>
  call(gateway.url + path, { headers: bearer(hmacToken(claimsOf('u-1', rights))) });

describe('a route that wants rights', () => {
  it('lets those in who have all of them', async () => {
    const rights = { permissions: ['users:write', 'more', 'users:read'], roles: ['admin'] };
    expect((await ask('/all', rights)).text).toBe('in');
  });

  it('names what is missing to others (RFC 6750 section 3.1)', async () => {
    const reply = await ask('/all', { permissions: ['users:read'], roles: ['member'] });
    expectProblem(reply, 403, 'forbidden');
    expect(reply.json).toMatchObject({ missingPermissions: ['users:write'], missingRoles: ['admin'], match: 'all' });
    expect(reply.field('www-authenticate')).toBe(
      'Bearer realm="sluice", error="insufficient_scope", scope="users:read users:write"',
    );
  });

  it('lets those in who have one of them, where that is enough', async () => {
    for (const rights of [{ permissions: ['users:write'] }, { roles: ['admin'] }]) {
      expect((await ask('/any', rights)).text).toBe('in');
    }
    const reply = await ask('/any', { roles: ['member'] });
    expectProblem(reply, 403, 'forbidden');
    expect(reply.json).toMatchObject({ missingPermissions: ['users:read', 'users:write'], match: 'any' });
  });

  it('finds them where the provider says', async () => {
    const rights = { iss: 'realm', scope: 'openid users:read', realm_access: { roles: ['admin'] } };
    expect((await ask('/realm', rights)).text).toBe('in');
    expectProblem(await ask('/realm', { ...rights, scope: 'openid', permissions: ['users:read'] }), 403, 'forbidden');
  });

  it.each<[string, object]>([
    ['of another type', { permissions: { 'users:read': true, 'users:write': true }, roles: 7 }],
    ['that begin alike', { permissions: ['users:readers', 'users:writers'], roles: ['administrator'] }],
    ['in another case', { permissions: ['USERS:READ', 'USERS:WRITE'], roles: ['Admin'] }],
    ['in one list with others', { permissions: [['users:read', 'users:write']], roles: [['admin']] }],
    ['that objects have by themselves', { permissions: '__proto__', roles: 'constructor' }],
    ['that are not there', {}],
  ])('is not moved by rights %s', async (_what, rights) => {
    for (const path of ['/all', '/any']) expectProblem(await ask(path, rights), 403, 'forbidden');
  });

  it('asks who it is before it asks what they may', async () => {
    expectProblem(await call(`${gateway.url}/all`), 401, 'credentials-missing');
  });
});
