import type { Bench } from '../bench.ts';
import { withPeers, type Variant } from '../running-peer.ts';
import { answerTo } from '../workloads/answer-to.ts';
import { bearer, bearerToken } from './bearer-token.ts';

/** Low enough to be reached at once, and high enough for the first answer that says that the peer is there. */
const LOW_LIMIT = 5;
const REQUESTS = 40;

/**
 * Sees that what is measured is done: a peer that lets everybody in is fast. Throws with what it let through.
 * @param withLimit the variant with so many requests a second
 */
export async function checkPolicies(bench: Bench, withLimit: (limitPerSecond: number) => Variant): Promise<void> {
  const good = bearer(bearerToken());
  const bad: Record<string, Record<string, string>> = {
    'no token': {},
    'a token of another secret': bearer(bearerToken({ secret: 'another-secret-that-is-as-long-as-it-should-be' })),
    'an expired token': bearer(bearerToken({ validSeconds: -3_600 })),
    'a token that was changed': bearer(bearerToken().replace(/\.[^.]{4}/, '.AAAA')),
  };
  await withPeers(bench, [withLimit(1_000_000)], async ([peer]) => {
    for (const [what, headers] of Object.entries(bad)) {
      const { status } = await answerTo(peer.port, '/1k', headers);
      if (status !== 401) throw new Error(`${peer.name} answered ${status} to ${what}`);
    }
    const { status } = await answerTo(peer.port, '/1k', good);
    if (status !== 200) throw new Error(`${peer.name} answered ${status} to a good token`);
  });
  await withPeers(bench, [withLimit(LOW_LIMIT)], async ([peer]) => {
    const answers = await Promise.all(Array.from({ length: REQUESTS }, () => answerTo(peer.port, '/1k', good)));
    const limited = answers.filter(({ status }) => status === 429).length;
    if (limited === 0) throw new Error(`${peer.name} let ${REQUESTS} requests through a limit of ${LOW_LIMIT}`);
  });
}
