import type { IncomingMessage, Server } from 'node:http';
import { describe, expect, it } from '@jest/globals';
import { ManagementAccess } from './management-access.js';

const ownServer = {} as Server;

interface Asked {
  from?: string;
  headers?: Record<string, string>;
  server?: Server;
}

function requestOf({ from = '127.0.0.1', headers = {}, server }: Asked): IncomingMessage {
  const socket = { remoteAddress: from, server };
  return { socket, headers: { host: 'localhost:8080', ...headers } } as unknown as IncomingMessage;
}

describe('the control plane on the traffic port', () => {
  const access = new ManagementAccess(null, false);

  it.each(['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1'])('is open to callers on loopback: %s', (from) => {
    expect(access.decide(requestOf({ from }))).toBe('open');
  });

  it.each(['192.0.2.1', '10.0.0.1', '::ffff:192.0.2.1', '2001:db8::1', ''])('is hidden from others: %j', (from) => {
    expect(access.decide(requestOf({ from }))).toBe('hidden');
  });

  it.each([
    'localhost',
    'localhost:9',
    'LOCALHOST',
    'localhost.',
    'a.localhost',
    '127.0.0.1:8080',
    '[::1]:80',
    '[::1]',
  ])('is open under local names: %s', (host) => {
    expect(access.decide(requestOf({ headers: { host } }))).toBe('open');
  });

  it.each(['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example', 'xlocalhost', '', '192.0.2.1'])(
    'is hidden under a foreign name, which DNS rebinding can bring: %j',
    (host) => {
      expect(access.decide(requestOf({ headers: { host } }))).toBe('hidden');
    },
  );

  it.each([
    ['x-forwarded-for', '127.0.0.1'],
    ['forwarded', 'for=127.0.0.1'],
    ['x-real-ip', '127.0.0.1'],
    ['x-forwarded-host', 'localhost'],
    ['via', '1.1 proxy'],
  ])('is hidden from who comes through a local proxy, whatever it says: %s', (name, value) => {
    expect(access.decide(requestOf({ headers: { [name]: value } }))).toBe('hidden');
    expect(access.decide(requestOf({ from: '192.0.2.1', headers: { [name]: value } }))).toBe('hidden');
  });
});

describe('a token', () => {
  const access = new ManagementAccess('right', false);
  const withToken = (authorization: string, from = '192.0.2.1') =>
    access.decide(requestOf({ from, headers: { authorization, host: 'gateway.example' } }));

  it.each(['Bearer right', 'bearer right', 'Bearer   right'])(
    'opens the control plane from anywhere: %s',
    (authorization) => {
      expect(withToken(authorization)).toBe('open');
    },
  );

  it.each(['Bearer wrong', 'Bearer righ', 'Bearer right2', 'Bearer', 'Bearer ', 'Basic right', 'right', ''])(
    'that is not it is refused: %j',
    (authorization) => {
      expect(withToken(authorization)).toBe('unauthorized');
    },
  );

  it('leaves the control plane hidden from who shows none', () => {
    expect(access.decide(requestOf({ from: '192.0.2.1' }))).toBe('hidden');
  });

  it('is not asked of callers on loopback', () => {
    expect(access.decide(requestOf({}))).toBe('open');
  });

  it('opens nothing when none is configured', () => {
    const request = requestOf({ from: '192.0.2.1', headers: { authorization: 'Bearer null' } });
    expect(new ManagementAccess(null, false).decide(request)).toBe('hidden');
  });
});

describe('the control plane on a port of its own', () => {
  function own(token: string | null): ManagementAccess {
    const access = new ManagementAccess(token, true);
    access.serveOn(ownServer);
    return access;
  }

  it('is hidden on the traffic port, from local callers too', () => {
    expect(own(null).decide(requestOf({ server: {} as Server }))).toBe('hidden');
    expect(own('right').decide(requestOf({ headers: { authorization: 'Bearer right' } }))).toBe('hidden');
    expect(new ManagementAccess(null, true).decide(requestOf({}))).toBe('hidden');
  });

  it('is open to whoever reaches that port when there is no token', () => {
    expect(own(null).decide(requestOf({ from: '10.0.0.1', server: ownServer }))).toBe('open');
  });

  it('is hidden from a page that reaches it by a foreign name, and from who comes by a local proxy', () => {
    expect(own(null).decide(requestOf({ headers: { host: 'evil.example' }, server: ownServer }))).toBe('hidden');
    const forwarded = { 'x-forwarded-for': '10.0.0.1' };
    expect(own(null).decide(requestOf({ headers: forwarded, server: ownServer }))).toBe('hidden');
  });

  it('asks strangers for the token when there is one', () => {
    const access = own('right');
    expect(access.decide(requestOf({ server: ownServer }))).toBe('open');
    expect(access.decide(requestOf({ from: '10.0.0.1', server: ownServer }))).toBe('hidden');
    const headers = { authorization: 'Bearer right' };
    expect(access.decide(requestOf({ from: '10.0.0.1', headers, server: ownServer }))).toBe('open');
  });
});
