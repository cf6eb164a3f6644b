import { describe, expect, it } from '@jest/globals';
import { Injectable, Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { ConfigModule, ConfigSnapshot, parseConfigObject } from './index.js';

@Injectable()
class Reader {
  constructor(readonly snapshot: ConfigSnapshot) {}
}

@Module({ providers: [Reader] })
class Room {}

describe('the configuration module', () => {
  it('gives every room the one frozen snapshot', async () => {
    const loaded = parseConfigObject({ server: { port: 9 } });
    const app = await Test.createTestingModule({ imports: [ConfigModule.forRoot(loaded), Room] }).compile();
    const { snapshot } = app.get(Reader, { strict: false });
    expect(snapshot).toBe(app.get(ConfigSnapshot));
    expect(snapshot.config).toBe(loaded.config);
    expect(snapshot).toMatchObject({ revision: loaded.revision, file: null, loadedAt: expect.any(Date) });
    expect(Object.isFrozen(snapshot)).toBe(true);
  });
});
