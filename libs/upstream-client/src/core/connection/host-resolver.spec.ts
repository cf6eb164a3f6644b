import type { LookupAddress } from 'node:dns';
import { describe, expect, it } from '@jest/globals';
import { HostResolver } from './host-resolver.js';

describe('HostResolver', () => {
  function setUp(): {
    resolver: HostResolver;
    answers: (LookupAddress[] | Error)[];
    asked: () => number;
    at: (ms: number) => void;
    look: (options?: { all?: boolean; family?: number }) => Promise<unknown>;
  } {
    const answers: (LookupAddress[] | Error)[] = [];
    let [now, asked] = [0, 0];
    const resolver = new HostResolver(
      'name.example',
      1_000,
      (_, done) => {
        asked++;
        const answer = answers.shift() ?? new Error('nobody knows');
        if (answer instanceof Error) done(answer, []);
        else done(null, answer);
      },
      () => now,
    );
    const look = (options: { all?: boolean; family?: number } = { all: true }): Promise<unknown> =>
      new Promise((resolve) => {
        resolver.lookup('name.example', options, (error, address) => resolve(error?.message ?? address));
      });
    return { resolver, answers, asked: () => asked, at: (ms) => (now = ms), look };
  }

  const v4 = { address: '192.0.2.1', family: 4 };
  const v6 = { address: '2001:db8::1', family: 6 };

  it('asks once in an interval', async () => {
    const { answers, asked, at, look } = setUp();
    answers.push([v4, v6], [v6]);
    expect(await look()).toEqual([v4, v6]);
    at(999);
    expect(await look()).toEqual([v4, v6]);
    expect(asked()).toBe(1);
    at(1_000);
    expect(await look()).toEqual([v6]);
    expect(asked()).toBe(2);
  });

  it('gives one address, or those of a family, when asked for that', async () => {
    const { answers, look } = setUp();
    answers.push([v4, v6]);
    expect(await look({})).toBe('192.0.2.1');
    expect(await look({ family: 6 })).toBe('2001:db8::1');
    expect(await look({ family: 6, all: true })).toEqual([v6]);
  });

  it('keeps what it knew when a name cannot be resolved any more', async () => {
    const { answers, at, look } = setUp();
    answers.push([v4], new Error('no answer'));
    await look();
    at(5_000);
    expect(await look()).toEqual([v4]);
  });

  it('asks again for each connection while it knows nothing', async () => {
    const { answers, asked, look } = setUp();
    answers.push(new Error('no answer'), [v4]);
    expect(await look()).toBe('no answer');
    expect(await look()).toEqual([v4]);
    expect(asked()).toBe(2);
  });

  it('tells connections to an address that the name no longer has', async () => {
    const { resolver, answers, at, look } = setUp();
    expect(resolver.holds('192.0.2.9')).toBe(true);
    answers.push([v4], [v6]);
    await look();
    expect([resolver.holds('192.0.2.1'), resolver.holds('::ffff:192.0.2.1')]).toEqual([true, true]);
    expect(resolver.holds('192.0.2.9')).toBe(false);
    at(1_000);
    resolver.refreshWhenDue(1_000);
    expect(resolver.holds('192.0.2.1')).toBe(false);
  });
});
