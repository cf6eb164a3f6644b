import { afterAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { generateConfigurationPage } from './configuration-page.js';
import { findStaleFiles, writeGeneratedFiles } from './generated-files.js';
import { generateJsonSchema } from './json-schema.js';

const repository = join(import.meta.dirname, '../../../../..');
const folder = mkdtempSync(join(tmpdir(), 'sluice-generate-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('the generated files', () => {
  it('are up to date (make generate)', () => {
    expect(findStaleFiles(repository)).toEqual([]);
  });

  it('are written where they are missing or stale, and left alone where they are not', () => {
    const files = ['config/gateway.schema.json', 'docs/configuration.md'];
    expect(findStaleFiles(folder)).toEqual(files);
    expect(writeGeneratedFiles(folder)).toEqual(files);
    expect(writeGeneratedFiles(folder)).toEqual([]);
    writeFileSync(join(folder, files[0]), '{}');
    expect(findStaleFiles(folder)).toEqual([files[0]]);
  });

  it.each([
    ['config/gateway.schema.json', generateJsonSchema],
    ['docs/configuration.md', generateConfigurationPage],
  ])('%s is as prettier would leave it', async (file, generate) => {
    const filepath = join(repository, file);
    const text = generate();
    expect(await format(text, { ...(await resolveConfig(filepath)), filepath })).toBe(text);
  });
});

describe('the reference page', () => {
  it('has every key of the schema', () => {
    const page = generateConfigurationPage();
    for (const key of [
      'server.port',
      'upstreams.<name>.targets[].url',
      'routes[].match.path',
      'routes[].cors.origins',
    ]) {
      expect(page).toContain(`| \`${key}\``);
    }
  });

  it('says something about each of them', () => {
    const silent = generateConfigurationPage()
      .split('\n')
      .filter((line) => /^\| `[a-z]+(?:\.|\[)/.test(line) && /\|\s*\|$/.test(line));
    expect(silent).toEqual([]);
  });
});

describe('the schema for editors', () => {
  const schema = JSON.parse(generateJsonSchema());
  const server = schema.properties.server.properties;

  it('is draft 7, refuses unknown keys and asks for none that has a default', () => {
    expect(schema.$schema).toBe('http://json-schema.org/draft-07/schema#');
    expect(schema.additionalProperties).toBe(false);
    expect(schema.properties.server.required).toBeUndefined();
    expect(schema.properties.routes.items.required).toEqual(['id', 'match']);
  });

  it('keeps descriptions and defaults, and lets a variable stand for a number', () => {
    expect(server.port).toEqual({
      description: expect.stringContaining('TCP port'),
      default: 8080,
      anyOf: [
        { type: 'integer', minimum: 0, maximum: 65535 },
        { type: 'string', pattern: '\\$\\{' },
      ],
    });
  });

  it('does not repeat itself where any text is welcome', () => {
    expect(server.host).toEqual({ description: expect.any(String), default: null, type: ['string', 'null'] });
  });

  it('lists closed values once', () => {
    expect(schema.properties.routes.items.properties.redirect.properties.status.anyOf).toEqual([
      { enum: [301, 302, 303, 307, 308] },
      { type: 'string', pattern: '\\$\\{' },
    ]);
  });
});
