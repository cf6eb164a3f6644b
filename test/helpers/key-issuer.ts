import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { eventually } from './eventually.js';
import { startHttpUpstream, type HttpUpstream } from './http-upstream.js';

/** An issuer that signs with ES256, and publishes its keys as a JWK Set. */
export class KeyIssuer {
  /** Answers with this status instead, as long as it is not 0. */
  failsWith = 0;
  /** Answers that are held back until release(). */
  holding = false;
  private readonly pairs = new Map<string, { publicKey: KeyObject; privateKey: KeyObject }>();
  private readonly held: (() => void)[] = [];

  private constructor(readonly server: HttpUpstream) {}

  static async start(...kids: string[]): Promise<KeyIssuer> {
    const server = await startHttpUpstream((_, response) => {
      const answer = (): void => {
        if (issuer.failsWith > 0) response.writeHead(issuer.failsWith).end('down');
        else response.end(issuer.document);
      };
      if (issuer.holding) issuer.held.push(answer);
      else answer();
    });
    const issuer = new KeyIssuer(server);
    for (const kid of kids) issuer.publish(kid);
    return issuer;
  }

  get url(): string {
    return `${this.server.url}/keys`;
  }

  /** Times that it was asked for its keys. */
  get asked(): number {
    return this.server.requests.length;
  }

  /** What it publishes. */
  get document(): string {
    const keys = [...this.pairs].map(([kid, { publicKey }]) =>
      Object.assign(publicKey.export({ format: 'jwk' }), { kid, use: 'sig', alg: 'ES256' }),
    );
    return JSON.stringify({ keys });
  }

  publish(kid: string): KeyObject {
    const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    this.pairs.set(kid, pair);
    return pair.privateKey;
  }

  withdraw(kid: string): void {
    this.pairs.delete(kid);
  }

  privateKey(kid: string): KeyObject {
    const pair = this.pairs.get(kid);
    if (pair === undefined) throw new Error(`no key is called ${kid}`);
    return pair.privateKey;
  }

  async untilHeld(count = 1): Promise<void> {
    await eventually(`${count} answers are held back`, () => this.held.length >= count);
  }

  release(): void {
    this.holding = false;
    for (const answer of this.held.splice(0)) answer();
  }

  async untilAsked(times: number): Promise<void> {
    await eventually(`the issuer was asked ${times} times`, () => this.asked >= times);
  }

  close(): Promise<void> {
    return this.server.close();
  }
}
