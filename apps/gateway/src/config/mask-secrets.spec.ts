import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { maskSecrets } from './mask-secrets.js';
import { secret, secretByName } from './schema/annotations.js';
import { secretSource } from './schema/values.js';

const schema = z.strictObject({
  token: secret(secretSource.nullable().default(null)),
  keys: secret(z.array(z.strictObject({ id: z.string(), digest: z.string(), active: z.boolean() }))).optional(),
  byName: z.record(z.string(), z.strictObject({ password: secret(z.string()), host: z.string() })).default({}),
  fields: secretByName(z.record(z.string(), z.string())).default({}),
  choice: z.union([z.boolean(), z.strictObject({ inner: secret(z.string()) })]).optional(),
  plain: z.string().optional(),
});

describe('masking', () => {
  it('hides what the schema marks, wherever it stands, and nothing else', () => {
    const config = {
      token: 'hush',
      keys: [{ id: 'a', digest: 'b', active: true }],
      byName: { 'token-service': { password: 'hush', host: 'h' } },
      choice: { inner: 'hush' },
      plain: 'token',
    };
    expect(maskSecrets(config, schema)).toEqual({
      token: '***',
      keys: [{ id: '***', digest: '***', active: true }],
      byName: { 'token-service': { password: '***', host: 'h' } },
      choice: { inner: '***' },
      plain: 'token',
    });
  });

  it.each(['authorization', 'Cookie', 'set-cookie', 'x-api-key', 'x-secret', 'proxy-authorization', 'X-Auth-Token'])(
    'hides a field called %s',
    (name) => {
      expect(maskSecrets({ fields: { [name]: 'hush', accept: 'a' } }, schema)).toEqual({
        fields: { [name]: '***', accept: 'a' },
      });
    },
  );

  it('shows that a secret is not set', () => {
    expect(maskSecrets({ token: null }, schema)).toEqual({ token: null });
  });

  it('leaves its input alone', () => {
    const config = Object.freeze({ token: 'hush' });
    maskSecrets(config, schema);
    expect(config.token).toBe('hush');
  });
});
