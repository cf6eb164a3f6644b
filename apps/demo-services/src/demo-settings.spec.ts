import { describe, expect, it } from '@jest/globals';
import { DEFAULT_JWT_SECRET } from './auth/token.js';
import { demoSettings, DemoSettingsError } from './demo-settings.js';

describe('demoSettings', () => {
  it('has defaults for everything', () => {
    expect(demoSettings({}, {})).toEqual({
      ports: { users: 9001, auth: 9002, tenants: 9003, notifications: 9004 },
      host: '127.0.0.1',
      jwtSecret: DEFAULT_JWT_SECRET,
      drainTimeoutMs: 5000,
    });
  });

  it('lets the environment win over defaults, and options over both', () => {
    const env = { DEMO_USERS_PORT: '1', DEMO_AUTH_PORT: '2', JWT_SECRET: 'from-env' };
    expect(demoSettings({ ports: { users: 0 } }, env)).toMatchObject({
      ports: { users: 0, auth: 2, tenants: 9003 },
      jwtSecret: 'from-env',
    });
    expect(demoSettings({ jwtSecret: 'from-option' }, env).jwtSecret).toBe('from-option');
  });

  it('takes an empty variable as unset', () => {
    expect(demoSettings({}, { DEMO_USERS_PORT: '', JWT_SECRET: '' })).toEqual(demoSettings({}, {}));
  });

  it.each(['x', '-1', '65536', '1.5', ' 80'])('refuses %j as a port and names the variable', (text) => {
    const attempt = () => demoSettings({}, { DEMO_TENANTS_PORT: text });
    expect(attempt).toThrow(DemoSettingsError);
    expect(attempt).toThrow(/DEMO_TENANTS_PORT/);
  });
});
