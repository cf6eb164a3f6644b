import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { call, type CallOptions } from '../helpers/call.js';
import { startHttpUpstream, type HttpUpstream } from '../helpers/http-upstream.js';
import { RawConnection } from '../helpers/raw-connection.js';
import { startRecordingUpstream, type RecordingUpstream } from '../helpers/recording-upstream.js';
import { bearer, claimsOf, hmacToken, TOKEN_SECRET } from '../helpers/signed-token.js';
import { startGateway, type RunningGateway } from '../helpers/start-gateway.js';

let upstream: RecordingUpstream;
/** Reads bodies, and what follows them. */
let reading: HttpUpstream;
let gateway: RunningGateway;

beforeAll(async () => {
  upstream = await startRecordingUpstream();
  reading = await startHttpUpstream((request, response) => {
    request.resume().on('end', () => response.end('read'));
  });
  gateway = await startGateway({
    upstreams: { u: { targets: [{ url: upstream.url }] }, reading: { targets: [{ url: reading.url }] } },
    auth: {
      jwt: { secret: TOKEN_SECRET },
      apiKeys: [{ id: 'ci', sha256: createHash('sha256').update('k').digest('hex'), subject: 'robot', roles: ['bot'] }],
      identityHeaders: {
        'X-User-ID': '$subject',
        'x-tenant-id': '$tenant',
        'x-roles': '$roles',
        'x-provider': '$provider',
        'x-key': '$apiKey',
        'x-org': 'org.name',
        'x-org-all': 'org',
      },
    },
    routes: [
      { id: 'open', match: { path: '/open' }, upstream: 'u' },
      { id: 'trailers', match: { path: '/trailers' }, upstream: 'reading' },
      { id: 'closed', match: { path: '/closed' }, upstream: 'u', auth: {} },
      { id: 'optional', match: { path: '/optional' }, upstream: 'u', auth: { required: false } },
      {
        id: 'ruled',
        match: { path: '/ruled' },
        upstream: 'u',
        auth: {},
        headers: { request: { set: { 'x-user-id': 'rule' }, add: { 'x-org': 'rule' }, remove: ['x-roles'] } },
      },
    ],
  });
});
afterAll(async () => {
  await gateway?.close();
  await upstream?.close();
  await reading?.close();
});

/** The fields that the upstream gets, by the names that it may read them by. */
async function sent(path: string, headers: CallOptions['headers']): Promise<Record<string, string[]>> {
  expect((await call(gateway.url + path, { headers })).status).toBe(200);
  const read: Record<string, string[]> = {};
  for (const field of upstream.last.fields) {
    const [name] = field.split(':', 1);
    (read[name.replace(/[^a-z0-9]/g, '-')] ??= []).push(field.slice(name.length + 2));
  }
  return read;
}

const token = (claims: object): { authorization: string } => bearer(hmacToken(claimsOf('u-1', claims)));

describe('the upstream', () => {
  it('is told who asks, from the claims of a token', async () => {
    const claims = { tenant_id: 'acme', roles: ['a', 'b'], org: { name: 'Acme, Inc.', size: 3 } };
    expect(await sent('/closed', token(claims))).toMatchObject({
      'x-user-id': ['u-1'],
      'x-tenant-id': ['acme'],
      'x-roles': ['a,b'],
      'x-provider': ['jwt'],
      'x-org': ['Acme, Inc.'],
      'x-org-all': ['{"name":"Acme, Inc.","size":3}'],
    });
  });

  it('is told the same from an API key', async () => {
    expect(await sent('/closed', { 'x-api-key': 'k' })).toMatchObject({
      'x-user-id': ['robot'],
      'x-roles': ['bot'],
      'x-provider': ['api-key'],
      'x-key': ['ci'],
    });
  });

  it('is told nothing that is not known', async () => {
    const fields = await sent('/closed', token({ org: 'acme' }));
    expect(Object.keys(fields)).not.toEqual(expect.arrayContaining(['x-tenant-id']));
    expect(fields).not.toHaveProperty('x-roles');
    expect(fields).not.toHaveProperty('x-org');
    expect(fields['x-org-all']).toEqual(['acme']);
  });

  it.each<[string, unknown, string]>([
    ['a line break', 'a\r\nx-admin: yes', 'a%0D%0Ax-admin: yes'],
    ['a NUL', 'a\0b', 'a%00b'],
    ['letters beyond ASCII', 'Zoë 木', 'Zo%C3%AB %E6%9C%A8'],
    ['what looks encoded', 'a%0D', 'a%250D'],
    ['spaces around it', '  a ', '%20%20a%20'],
    ['half a character', 'a\ud800', 'a%EF%BF%BD'],
    ['DEL', 'a\x7f', 'a%7F'],
    ['quotes', '"a" \\', '"a" \\'],
  ])('is told %s in a form that stays one value', async (_what, value, told) => {
    const fields = await sent('/closed', token({ tenant_id: value, org: { name: [value, 'x,y'] } }));
    expect(fields['x-tenant-id']).toEqual([told]);
    expect(fields['x-org']).toEqual([`${told.replaceAll(',', '%2C')},x%2Cy`]);
    expect(fields).not.toHaveProperty('x-admin');
  });

  it('is told by the token where a rule of the route says something else, and nothing where a rule takes it away', async () => {
    const fields = await sent('/ruled', token({ roles: ['a'], org: { name: 'acme' } }));
    expect(fields).toMatchObject({ 'x-user-id': ['u-1'], 'x-org': ['acme'] });
    expect(fields).not.toHaveProperty('x-roles');
  });
});

const SPELLINGS = [
  'X-User-ID',
  'x-user-id',
  'X-USER-ID',
  'X_User_ID',
  'x_user-id',
  'x.user.id',
  'X-Org',
  'x_org',
  'X-ROLES',
  'X_Tenant_Id',
];

describe('what a client says about itself', () => {
  it.each(SPELLINGS)('as %s does not reach the upstream on any route', async (name) => {
    const meaning = name.toLowerCase().replace(/[^a-z]/g, '-');
    for (const path of ['/open', '/optional']) {
      expect(await sent(path, { [name]: 'root', accept: '*/*' })).not.toHaveProperty(meaning);
    }
    const fields = await sent('/closed', {
      ...token({ tenant_id: 't', roles: ['r'], org: { name: 'o' } }),
      [name]: 'root',
    });
    expect(fields[meaning]).toHaveLength(1);
    expect(fields[meaning]).not.toContain('root');
  });

  it('does not reach it several times either, nor twice in two spellings', async () => {
    const fields = await sent('/closed', { ...token({}), 'x-user-id': ['a', 'b'], X_USER_ID: 'c' });
    expect(fields['x-user-id']).toEqual(['u-1']);
  });

  it('does not take away what the gateway says, by nominating it', async () => {
    const fields = await sent('/closed', { ...token({}), connection: 'x-user-id, authorization, X_User_ID' });
    expect(fields['x-user-id']).toEqual(['u-1']);
  });

  it('does not reach it behind the body', async () => {
    const connection = await RawConnection.open(gateway.port);
    connection.write(
      'POST /trailers HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nTrailer: X-User-ID, X-Org, X-Sum\r\n\r\n' +
        '1\r\na\r\n0\r\nX-User-ID: root\r\nx_org: root\r\nX-Sum: 1\r\n\r\n',
    );
    await connection.until(({ text }) => text.endsWith('read'));
    connection.destroy();
    expect(reading.requests[0].rawTrailers).toEqual(['X-Sum', '1']);
  });
});
