import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { unavailable } from './availability.ts';

const folder = mkdtempSync(join(tmpdir(), 'sluice-available-'));
afterAll(() => rmSync(folder, { recursive: true }));
writeFileSync(join(folder, 'hey'), '#!/bin/sh\n', { mode: 0o755 });
writeFileSync(join(folder, 'docker'), '#!/bin/sh\nexit 1\n', { mode: 0o755 });

describe('a command that cannot run here', () => {
  it.each([
    ['jq . file', 'no jq on PATH'],
    ['hey -n 1 http://a | jq .', 'no jq on PATH'],
    ['A=1 go build', 'no go on PATH'],
    ['sleep 1 && go build', 'no go on PATH'],
    ['docker compose up', 'no Docker engine answers'],
  ])('%s says why', (command, reason) => {
    expect(unavailable(command, folder)).toBe(reason);
  });

  it.each([['hey -n 1 http://a'], ['echo go'], ['curl -o docker http://a'], ['make run']])('is not: %s', (command) => {
    expect(unavailable(command, folder)).toBeNull();
  });
});
