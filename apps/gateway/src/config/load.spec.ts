import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { ConfigError } from './config-error.js';
import { loadConfig, parseConfigObject } from './load.js';

const folder = mkdtempSync(join(tmpdir(), 'sluice-load-'));
afterAll(() => rmSync(folder, { recursive: true }));
let cwd: string;
beforeEach(() => {
  cwd = mkdtempSync(join(folder, 'case-'));
});

const MINIMAL = `
upstreams:
  users:
    targets: [{ url: http://127.0.0.1:9001 }]
routes:
  - id: users
    match: { path: /users/* }
    upstream: users
`;

function write(name: string, text: string): string {
  writeFileSync(join(cwd, name), text);
  return name;
}

function load(text: string, env: Record<string, string> = {}) {
  return loadConfig({ file: write('gateway.yaml', text), env, cwd });
}

describe('the reading order', () => {
  it('begins with the defaults, so that nothing at all is a configuration', () => {
    const { config, file } = loadConfig({ env: {}, cwd });
    expect(config).toMatchObject({ server: { port: 8080, bodyBytesMax: 10_485_760 }, upstreams: {}, routes: [] });
    expect(file).toBeNull();
  });

  it('takes ./gateway.yaml when it exists, the file of GATEWAY_CONFIG before it, and the option before both', () => {
    write('gateway.yaml', 'server: { port: 1 }');
    write('named.yaml', 'server: { port: 2 }');
    write('option.yaml', 'server: { port: 3 }');
    const port = (file: string | null | undefined, env: Record<string, string>) =>
      loadConfig({ file, env, cwd }).config.server.port;
    expect(port(undefined, {})).toBe(1);
    expect(port(undefined, { GATEWAY_CONFIG: '' })).toBe(1);
    expect(port(undefined, { GATEWAY_CONFIG: 'named.yaml' })).toBe(2);
    expect(port('option.yaml', { GATEWAY_CONFIG: 'named.yaml' })).toBe(3);
    expect(port(null, { GATEWAY_CONFIG: 'named.yaml' })).toBe(8080);
  });

  it('ends with the environment variables of annotated keys, where empty ones do not count', () => {
    const text = 'server: { port: 1, bodyBytesMax: 2 }';
    const { config } = load(text, { API_GATEWAY_PORT: '9090', MAX_REQUEST_SIZE: '' });
    expect(config.server).toMatchObject({ port: 9090, bodyBytesMax: 2 });
  });

  it('reads JSON as well, with the name of its schema, and types what variables in quotes stand for', () => {
    const file = write(
      'gateway.json',
      '{\n\t"$schema": "./gateway.schema.json",\n\t"server": { "port": "${PORT}" }\n}',
    );
    expect(loadConfig({ file, env: { PORT: '81' }, cwd }).config.server.port).toBe(81);
  });

  it.each([
    ['an empty file', ''],
    ['comments alone', '# nothing here\n'],
    ['a byte order mark', '\ufeffserver: {}\n'],
    ['CRLF', 'server:\r\n  port: 8080\r\n'],
  ])('takes %s', (_, text) => {
    expect(load(text).config.server.port).toBe(8080);
  });
});

describe('variables in the file', () => {
  it('are read as the type of their key', () => {
    const { config } = load(
      `
server:
  port: \${PORT:-8081}
  host: \${HOST:-}
management:
  token: \${TOKEN}
upstreams:
  users: { targets: [{ url: "http://\${UPSTREAM}:9001", weight: "\${WEIGHT}" }] }
routes:
  - id: users
    match: { path: /users/* }
    upstream: users
    websocket: \${WEBSOCKET}
`,
      { TOKEN: '0123', UPSTREAM: '10.0.0.1', WEIGHT: '7', WEBSOCKET: 'true' },
    );
    expect(config.server).toMatchObject({ port: 8081, host: null });
    expect(config.management.token).toBe('0123');
    expect(config.upstreams.users.targets).toEqual([{ url: 'http://10.0.0.1:9001', weight: 7 }]);
    expect(config.routes[0].websocket).toBe(true);
  });

  it('work behind anchors and aliases, each place with its own type', () => {
    const { config } = load(
      `
server: { headTimeoutMs: &t "\${T}" }
upstreams:
  a: &a { targets: [{ url: http://h:1 }], hostHeader: *t }
  b: *a
`,
      { T: '500' },
    );
    expect(config.server.headTimeoutMs).toBe(500);
    expect(config.upstreams.b.hostHeader).toBe('500');
  });
});

describe('files that the configuration names', () => {
  it('are looked for from the folder of the configuration file', () => {
    mkdirSync(join(cwd, 'etc'));
    write('etc/token', 'hush\n');
    write('etc/ca.pem', 'certificate');
    write(
      'etc/gateway.yaml',
      `
management: { token: { file: token } }
upstreams: { a: { targets: [{ url: https://h }], tls: { caFile: ca.pem } } }
`,
    );
    const { config, file } = loadConfig({ file: 'etc/gateway.yaml', env: {}, cwd });
    expect(config.management.token).toBe('hush');
    expect(config.upstreams.a.tls.caFile).toBe(join(cwd, 'etc/ca.pem'));
    expect(file).toBe(join(cwd, 'etc/gateway.yaml'));
  });

  it.each([
    ['hush', 'hush'],
    ['hush\r\n', 'hush'],
    ['hush\n\n', 'hush\n'],
    [' hush ', ' hush '],
  ])('give a secret without its final newline: %j', (content, expected) => {
    write('token', content);
    expect(load('management: { token: { file: token } }').config.management.token).toBe(expected);
  });
});

describe('what is loaded', () => {
  it('is frozen all the way down', () => {
    const { config } = load(MINIMAL);
    const frozen = (value: unknown): boolean =>
      typeof value !== 'object' || value === null || (Object.isFrozen(value) && Object.values(value).every(frozen));
    expect(frozen(config)).toBe(true);
  });

  it('has a revision that depends on what it says, secrets included, and not on how', () => {
    const { revision } = load(MINIMAL);
    expect(revision).toMatch(/^[0-9a-f]{12}$/);
    expect(load(`# comment\nserver: { port: 8080 }\n${MINIMAL}`).revision).toBe(revision);
    expect(load(`server: { port: 8081 }\n${MINIMAL}`).revision).not.toBe(revision);
    const withToken = (token: string) => load(`management: { token: ${token} }\n${MINIMAL}`).revision;
    expect(withToken('one')).not.toBe(withToken('two'));
    const order = (keys: string) => load(`upstreams: { ${keys} }`).revision;
    const [a, b] = ['a: { targets: [{ url: http://a }] }', 'b: { targets: [{ url: http://b }] }'];
    expect(order(`${a}, ${b}`)).toBe(order(`${b}, ${a}`));
  });

  it('comes with warnings about what is allowed and probably not meant', () => {
    const text = `
upstreams: { spare: { targets: [{ url: http://h }] } }
routes:
  - { id: a, match: { path: /a }, respond: {}, timeoutMs: 5 }
`;
    expect(load(text).warnings).toEqual([
      { path: 'upstreams.spare', message: 'is used by no route', line: 2, column: 14 },
      {
        path: 'routes[0].timeoutMs',
        message: 'has no effect, since no upstream is asked (route "a")',
        line: 4,
        column: 48,
      },
    ]);
    expect(load(MINIMAL).warnings).toEqual([]);
    expect(load('').warnings).toMatchObject([{ path: 'routes' }]);
  });
});

describe('keys of custom stages', () => {
  const extensions = [{ key: 'greeting', settings: z.strictObject({ text: z.string().default('hello') }) }];
  const route = { id: 'a', match: { path: '/a' }, respond: {} };

  it('are checked and filled in like built-in ones', () => {
    const { config } = parseConfigObject(
      {
        routes: [
          { ...route, greeting: {} },
          { ...route, id: 'b', match: { path: '/b' } },
        ],
      },
      { extensions },
    );
    expect(config.routes).toMatchObject([{ greeting: { text: 'hello' } }, { id: 'b' }]);
    expect(config.routes[1]).not.toHaveProperty('greeting');
  });

  it('are unknown without their stage', () => {
    expect(() => parseConfigObject({ routes: [{ ...route, greeting: {} }] })).toThrow(
      'routes[0].greeting: unknown key',
    );
  });

  it('are part of the nearest names', () => {
    expect(() => parseConfigObject({ routes: [{ ...route, greting: {} }] }, { extensions })).toThrow(
      'routes[0].greting: unknown key; did you mean "greeting"?',
    );
  });
});

describe('a configuration as an object', () => {
  it('is checked as a file is, without lines', () => {
    const input = { routes: [{ id: 'a', match: { path: '/a' }, upstream: 'users' }] };
    expect(() => parseConfigObject(input)).toThrow(
      'routes[0].upstream: no upstream is called "users" (route "a"); there are no upstreams',
    );
  });

  it('is left as it was, and does not change with it', () => {
    const input = { server: { port: 1 }, routes: [] };
    const { config } = parseConfigObject(input);
    input.server.port = 2;
    expect(config.server.port).toBe(1);
    expect(Object.isFrozen(input)).toBe(false);
  });

  it('is not expanded', () => {
    expect(parseConfigObject({ server: { host: '${HOST}' } }).config.server.host).toBe('${HOST}');
  });

  it('is refused when it has a __proto__ key, holds itself, or is none', () => {
    const loop: Record<string, unknown> = {};
    loop.server = loop;
    expect(() => parseConfigObject(loop)).toThrow('is nested deeper than 64 levels');
    expect(() => parseConfigObject(JSON.parse('{"upstreams":{"__proto__":{}}}') as object)).toThrow(
      'upstreams.__proto__: is not a possible key',
    );
    expect(() => parseConfigObject([] as object)).toThrow('must be an object');
  });

  it('can be checked by others, too', () => {
    const checks = [() => [{ path: 'routes', message: 'are too few' }]];
    expect(() => parseConfigObject({}, { checks })).toThrow('routes: are too few');
  });
});

describe('a file that cannot be read', () => {
  it.each([
    ['nowhere.yaml', 'nowhere.yaml: no such file'],
    ['nowhere/gateway.yaml', 'nowhere/gateway.yaml: no such file'],
    ['.', '.: is a directory'],
  ])('%s gives one clear line', (file, line) => {
    expect(() => loadConfig({ file, env: {}, cwd })).toThrow(new Error(line));
    expect(() => loadConfig({ env: { GATEWAY_CONFIG: file }, cwd })).toThrow(new Error(line));
  });

  it('is recognised by the code of its error', () => {
    expect(() => loadConfig({ file: 'nowhere.yaml', env: {}, cwd })).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID' }),
    );
    expect(ConfigError.is(new ConfigError([], null))).toBe(true);
    expect(ConfigError.is(new Error('no such file'))).toBe(false);
  });
});
