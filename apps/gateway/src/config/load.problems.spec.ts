import { afterAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from './load.js';

const cwd = mkdtempSync(join(tmpdir(), 'sluice-problems-'));
afterAll(() => rmSync(cwd, { recursive: true }));

/** The lines of the error; none when the configuration is right. */
function problems(text: string, env: Record<string, string> = {}): string[] {
  writeFileSync(join(cwd, 'gateway.yaml'), text);
  try {
    loadConfig({ env, cwd });
    return [];
  } catch (error) {
    return (error as Error).message.split('\n');
  }
}

const UPSTREAMS = 'upstreams: { users: { targets: [{ url: http://127.0.0.1:9001 }] } }';

/** The problems of a route with the given keys, which stands in line 2; without its place. */
function route(keys: string): string[] {
  const lines = problems(`${UPSTREAMS}\nroutes: [{ id: a, match: { path: /a/:id/* }, ${keys} }]`);
  return lines.map((line) => line.replace(/^gateway\.yaml:2:\d+ /, ''));
}

describe('a mistake in a value', () => {
  it.each([
    ['server: { prot: 1 }', 'gateway.yaml:1:11 server.prot: unknown key; did you mean "port"?'],
    ['severs: {}', 'gateway.yaml:1:1 severs: unknown key; did you mean "server"?'],
    ['zebra: {}', 'gateway.yaml:1:1 zebra: unknown key'],
    ['server:\n  port: x', 'gateway.yaml:2:3 server.port: must be a whole number from 0 to 65535, not text'],
    ['server: { port: "80" }', 'gateway.yaml:1:11 server.port: must be a whole number from 0 to 65535, not text'],
    ['server: { port: 1.5 }', 'gateway.yaml:1:11 server.port: must be a whole number from 0 to 65535'],
    ['server: { port: 70000 }', 'gateway.yaml:1:11 server.port: must be a whole number from 0 to 65535'],
    ['server: { port: .inf }', 'gateway.yaml:1:11 server.port: must be a whole number from 0 to 65535'],
    ['server: { port: 1e400 }', 'gateway.yaml:1:11 server.port: must be a whole number from 0 to 65535'],
    ['server: { port: }', 'gateway.yaml:1:11 server.port: must be a whole number from 0 to 65535, not empty'],
    ['server: [1]', 'gateway.yaml:1:1 server: must be a mapping, not a list'],
    ['server:', 'gateway.yaml:1:1 server: must be a mapping, not empty'],
    ['server: { host: 5 }', 'gateway.yaml:1:11 server.host: must be text or null, not a number; put it in quotes'],
    [
      'server: { name: -a }',
      'gateway.yaml:1:11 server.name: must be 1 to 64 letters, digits, dots, dashes or underscores',
    ],
    [
      'server: { encodedSlash: rejct }',
      'gateway.yaml:1:11 server.encodedSlash: must be "reject" or "keep"; did you mean "reject"?',
    ],
    [
      'server: { trustProxy: [10.0.0.0/8, 10.0.0.0/33] }',
      'gateway.yaml:1:36 server.trustProxy[1]: must be an IP address or a CIDR block, for example 10.0.0.0/8',
    ],
    [
      'server: { trustProxy: 10.0.0.0/8 }',
      'gateway.yaml:1:11 server.trustProxy: must be a list of CIDR blocks, not text',
    ],
    ['server: { headTimeoutMs: -1 }', 'gateway.yaml:1:11 server.headTimeoutMs: must be at least 0'],
    [
      'server: { headTimeoutMs: 5s }',
      'gateway.yaml:1:11 server.headTimeoutMs: must be a whole number of milliseconds, not text',
    ],
    ['upstreams: { a: {} }', 'gateway.yaml:1:14 upstreams.a.targets: is missing; it must be a list of mappings'],
    ['upstreams: { a: { targets: [] } }', 'gateway.yaml:1:19 upstreams.a.targets: must have at least 1 entry'],
    [
      'upstreams: { -a: { targets: [{ url: http://h }] } }',
      'gateway.yaml:1:14 upstreams["-a"]: the key must be 1 to 64 letters, digits, dots, dashes or underscores',
    ],
    [
      'upstreams: { a: { targets: [{ url: http://h/x }] } }',
      'gateway.yaml:1:31 upstreams.a.targets[0].url: must be http://host:port or https://host:port, without a path',
    ],
    [
      'upstreams: { a: { targets: [{ url: http://h }], hashOn: ipp } }',
      'gateway.yaml:1:49 upstreams.a.hashOn: must be "ip", "path", { header: … } or { cookie: … }; did you mean "ip"?',
    ],
    [
      'upstreams: { a: { targets: [{ url: http://h }], hashOn: { cooky: x } } }',
      'gateway.yaml:1:59 upstreams.a.hashOn.cooky: unknown key; did you mean "cookie"?',
    ],
    [
      'upstreams: { a: { targets: [{ url: http://h }], hashOn: { cookie: x, header: y } } }',
      'gateway.yaml:1:49 upstreams.a.hashOn: must have exactly one of the keys "header" or "cookie"',
    ],
    [
      'upstreams: { a: { targets: [{ url: http://h }], healthCheck: { intervalMs: 5 } } }',
      'gateway.yaml:1:64 upstreams.a.healthCheck.intervalMs: must be at least 100',
    ],
  ])('%s', (text, line) => {
    expect(problems(text)).toEqual([line]);
  });
});

describe('a mistake in a route', () => {
  it.each([
    ['upstrem: users', 'routes[0].upstrem: unknown key; did you mean "upstream"?'],
    ['upstream: usres', 'routes[0].upstream: no upstream is called "usres" (route "a"); did you mean "users"?'],
    ['upstream: toString', 'routes[0].upstream: no upstream is called "toString" (route "a")'],
    ['', 'routes[0]: leads nowhere (route "a"); give it one of upstream, weighted, respond, redirect'],
    [
      'upstream: users, respond: {}',
      'routes[0].respond: stands beside upstream (route "a"); keep one of upstream, respond',
    ],
    [
      'weighted: [{ upstream: users, weight: 0 }]',
      'routes[0].weighted: gives every upstream the weight 0, so that none gets a request (route "a")',
    ],
    [
      'weighted: [{ upstream: user, weight: 1 }]',
      'routes[0].weighted[0].upstream: no upstream is called "user" (route "a"); did you mean "users"?',
    ],
    [
      'upstream: users, rewrite: { stripPrefix: /b }',
      'routes[0].rewrite.stripPrefix: is not how match.path begins (route "a")',
    ],
    [
      'upstream: users, rewrite: { path: /:di }',
      'routes[0].rewrite.path: uses :di, which match.path does not have (route "a"); did you mean "id"?',
    ],
    [
      'upstream: users, rewrite: { path: /*/b }',
      'routes[0].rewrite.path: "*" stands only for the rest of a path, as its last segment (route "a"); write %2A for a star',
    ],
    ['upstream: users, rewrite: {}', 'routes[0].rewrite: must have exactly one of the keys "stripPrefix" or "path"'],
    ['redirect: { to: b }', 'routes[0].redirect.to: must be an absolute address or begin with one "/" (route "a")'],
    [
      'redirect: { to: //evil.example }',
      'routes[0].redirect.to: must be an absolute address or begin with one "/" (route "a")',
    ],
    [
      'redirect: { to: "ftp://h/:id" }',
      'routes[0].redirect.to: must lead to a valid http or https address (route "a")',
    ],
    [
      'redirect: { to: "https://h/:ids" }',
      'routes[0].redirect.to: uses :ids, which match.path does not have (route "a"); did you mean "id"?',
    ],
    ['redirect: { to: /b, status: 305 }', 'routes[0].redirect.status: must be 301, 302, 303, 307 or 308'],
    ['respond: { status: 204, body: x }', 'routes[0].respond.body: a response of status 204 has no body (route "a")'],
    [
      'respond: { headers: { Content-Length: "1" } }',
      'routes[0].respond.headers.content-length: the gateway writes the field "content-length" itself (route "a")',
    ],
    [
      'respond: {}, headers: { request: { set: { Host: x } } }',
      'routes[0].headers.request.set.host: the gateway writes the field "host" itself (route "a"); set hostHeader of the upstream',
    ],
    [
      'respond: {}, headers: { request: { add: { Transfer-Encoding: x } } }',
      'routes[0].headers.request.add.transfer-encoding: the gateway writes the field "transfer-encoding" itself (route "a")',
    ],
    [
      'respond: {}, headers: { response: { remove: [a, Connection] } }',
      'routes[0].headers.response.remove[1]: the gateway writes the field "connection" itself (route "a")',
    ],
    [
      'respond: {}, headers: { request: { set: { "a b": x } } }',
      'routes[0].headers.request.set["a b"]: the key must be an HTTP field name',
    ],
    [
      'respond: {}, headers: { request: { set: { a: "x\\r\\ny" } } }',
      'routes[0].headers.request.set.a: must hold no control characters',
    ],
    [
      'respond: {}, cors: { origins: ["*"], credentials: true }',
      'routes[0].cors.credentials: cannot be allowed to the origin "*" (route "a"); name the origins, so that not every site acts in the name of its visitors',
    ],
    [
      'respond: {}, cors: { origins: [https://a/b] }',
      'routes[0].cors.origins[0]: is no origin (route "a"); write scheme://host[:port], without a path',
    ],
    ['respond: {}, compression: 3', 'routes[0].compression: must be true, false or mapping, not a number'],
    [
      'respond: {}, compression: { encodings: [bz] }',
      'routes[0].compression.encodings[0]: must be "zstd", "br" or "gzip"; did you mean "br"?',
    ],
  ])('%s', (keys, line) => {
    expect(route(keys)).toEqual([line]);
  });
});

describe('a path that a route cannot have', () => {
  it.each([
    ['a', 'must begin with "/"'],
    ['/a//b', 'holds an empty segment ("//") (route "a")'],
    ['/a/../b', 'holds a "." or ".." segment (route "a")'],
    ['/a/%2e', 'holds a "." or ".." segment (route "a")'],
    ['/a/..;x', 'holds a "." or ".." segment (route "a")'],
    ['/*/a', '"*" stands only for the rest of a path, as its last segment (route "a"); write %2A for a star'],
    ['/a*', '"*" stands only for the rest of a path, as its last segment (route "a"); write %2A for a star'],
    ['/:', '":" is no parameter (route "a"); one is ":" and letters, digits or "_"'],
    ['/:a-b', '":a-b" is no parameter (route "a"); one is ":" and letters, digits or "_"'],
    ['/:a/:a', 'has the parameter :a twice (route "a")'],
    ['/{id}', 'holds a parameter in braces (route "a"); write :id'],
    ['/%zz', 'holds a bad percent-encoding (route "a"); write %25 for "%"'],
    ['/100%', 'holds a bad percent-encoding (route "a"); write %25 for "%"'],
    ['/%00', 'holds an encoded control character (route "a")'],
    ['/a%2fb', 'holds an encoded slash, and such requests are refused (route "a"); see server.encodedSlash'],
    ['/é', 'holds a character that a path cannot hold (route "a"); write %C3%A9'],
    ['/a b', 'holds a character that a path cannot hold (route "a"); write a%20b'],
    ['/a?b', 'holds a query or a fragment (route "a"); a path ends before "?" and "#"'],
    ['/health', '/health is reserved for the control plane (route "a"); set management.port'],
    ['/admin/*', '/admin is reserved for the control plane (route "a"); set management.port'],
  ])('%s', (path, message) => {
    const text = `routes:\n  - id: a\n    match: { path: '${path}' }\n    respond: {}`;
    expect(problems(text)).toEqual([`gateway.yaml:3:14 routes[0].match.path: ${message}`]);
  });

  it.each([
    '/',
    '/*',
    '/a/',
    '/:id',
    '/a/:b_1/c/*',
    '/a%20b',
    '/%7Euser',
    '/healthy',
    '/a.b;c=d',
    '/v1/things:batch',
    '/:any/*',
  ])('is not %s', (path) => {
    expect(problems(`routes: [{ id: a, match: { path: '${path}' }, respond: {} }]`)).toEqual([]);
  });

  it('can lie on the path of the control plane when that has a port of its own', () => {
    const routes = 'routes: [{ id: a, match: { path: /health }, respond: {} }]';
    expect(problems(`management: { port: 9000 }\n${routes}`)).toEqual([]);
  });

  it('can hold an encoded slash where those are kept', () => {
    const routes = 'routes: [{ id: a, match: { path: /a%2Fb }, respond: {} }]';
    expect(problems(`server: { encodedSlash: keep }\n${routes}`)).toEqual([]);
  });
});

describe('a host or a method that a route cannot have', () => {
  it.each([
    ['hosts: ["*"]', 'hosts[0]: is no host (route "a"); leave hosts empty to match all'],
    ['hosts: ["a.com:80"]', 'hosts[0]: holds a port (route "a"); hosts are matched without their port'],
    ['hosts: ["http://a.com"]', 'hosts[0]: is no host (route "a"); give the name alone'],
    ['hosts: ["a.*.com"]', 'hosts[0]: has a wildcard elsewhere than in front (route "a"); write *.example.com'],
    ['hosts: ["a.com."]', 'hosts[0]: ends in a dot (route "a"); leave the dot away'],
    ['hosts: ["ä.com"]', 'hosts[0]: is no host (route "a"); names beyond ASCII are written in their xn-- form'],
    ['hosts: [a.com, A.com]', 'hosts[1]: is given twice (route "a")'],
    ['methods: [get, CONNECT]', 'methods[1]: CONNECT is not served (route "a")'],
    ['methods: [get, GET]', 'methods[1]: GET is given twice (route "a")'],
    ['methods: ["G T"]', 'methods[0]: must be an HTTP method'],
    ['headers: { "a b": x }', 'headers["a b"]: the key must be an HTTP field name'],
    ['query: { a: { prefix: "" } }', 'query.a.prefix: must not be empty'],
    [
      'query: { a: 1 }',
      'query.a: must be text, { exact: … }, { prefix: … } or { present: … }, not a number; put it in quotes',
    ],
  ])('%s', (match, message) => {
    const [line] = problems(`routes: [{ id: a, match: { path: /a, ${match} }, respond: {} }]`);
    expect(line.replace(/^gateway.yaml:1:\d+ routes\[0\]\.match\./, '')).toBe(message);
  });

  it.each(['a.com', '*.a.com', 'localhost', '127.0.0.1', '[::1]', 'xn--4ca.com', 'under_score.local'])(
    'is not %s',
    (host) => {
      expect(problems(`routes: [{ id: a, match: { path: /a, hosts: ['${host}'] }, respond: {} }]`)).toEqual([]);
    },
  );
});

describe('a mistake between parts', () => {
  it('is found in two routes with one id', () => {
    const text = `routes:\n  - { id: a, match: { path: /a }, respond: {} }\n  - { id: a, match: { path: /b }, respond: {} }`;
    expect(problems(text)).toEqual(['gateway.yaml:3:7 routes[1].id: routes[0] has the id "a" already']);
  });

  it('is found in two targets of one address, and in targets without any weight', () => {
    expect(problems('upstreams: { a: { targets: [{ url: http://h }, { url: HTTP://H:80, weight: 0 }] } }')).toEqual([
      'gateway.yaml:1:50 upstreams.a.targets[1].url: is targets[0] again (upstream "a"); use weight',
    ]);
    expect(problems('upstreams: { a: { targets: [{ url: http://h, weight: 0 }] } }')).toEqual([
      'gateway.yaml:1:19 upstreams.a.targets: have all the weight 0, so that none gets a request (upstream "a")',
    ]);
  });

  it('is found in what an upstream is asked with', () => {
    const text = 'upstreams: { a: { targets: [{ url: http://h }], hostHeader: "a b", healthCheck: { path: "/a b" } } }';
    expect(problems(text)).toEqual([
      'gateway.yaml:1:49 upstreams.a.hostHeader: must be "target", "client" or a host (upstream "a")',
      'gateway.yaml:1:83 upstreams.a.healthCheck.path: is not a path that can be asked for (upstream "a")',
    ]);
  });

  it('is found in one port for both planes', () => {
    expect(problems('management: { port: 8080 }')).toEqual([
      'gateway.yaml:1:15 management.port: is server.port; null serves both on one port',
    ]);
    expect(problems('management: { port: 0 }\nserver: { port: 0 }')).toEqual([]);
  });
});

describe('a variable', () => {
  it('that is not set is reported with its place and its name, and its value not also blamed', () => {
    expect(problems('server:\n  port: ${PORT}\n  name: gw-${A}-${B}')).toEqual([
      'gateway.yaml:2:3 server.port: the environment variable PORT is not set; set it, or give a default: ${PORT:-…}',
      'gateway.yaml:3:3 server.name: the environment variable A is not set; set it, or give a default: ${A:-…}',
      'gateway.yaml:3:3 server.name: the environment variable B is not set; set it, or give a default: ${B:-…}',
    ]);
  });

  it('that is malformed says how it is written', () => {
    expect(problems('server: { host: "${" }')).toEqual([
      'gateway.yaml:1:11 server.host: holds a malformed ${…}; write ${NAME} or ${NAME:-default}, or $${ for the characters themselves',
    ]);
  });

  it('without quotes in braces or brackets is told from other mistakes of syntax', () => {
    expect(problems('server: { port: ${PORT} }\nroutes: []', { PORT: '1' })).toEqual([
      'gateway.yaml:1:18: ${…} inside of { } or [ ] needs quotes; write "${NAME}"',
    ]);
  });

  it('that holds a wrong value is named where it was used', () => {
    expect(problems('server:\n  port: ${PORT}', { PORT: 'eighty' })).toEqual([
      'gateway.yaml:2:3 server.port: must be a whole number from 0 to 65535, not text (from ${PORT})',
    ]);
  });

  it('of the environment that holds a wrong value is named first', () => {
    expect(problems('', { API_GATEWAY_PORT: 'eighty', MAX_REQUEST_SIZE: '-1' })).toEqual([
      'API_GATEWAY_PORT (server.port): must be a whole number from 0 to 65535, not text',
      'MAX_REQUEST_SIZE (server.bodyBytesMax): must be a whole number of at least 0',
    ]);
  });
});

describe('text that is no YAML for us', () => {
  it.each([
    ['server: { port: 1\nroutes: []', '2:1: wrong indentation, or a bracket that is not closed'],
    ['server:\n\tport: 1', '2:1: a tab in the indentation; use spaces'],
    ['server: "x', '1:11: something is missing here: a quote, a bracket, a comma, a colon or a space'],
    ['server: @x', '1:9: a value cannot begin with this character; put the text in quotes'],
    ['server: a: b', '1:9: a second ": " on the line; put the text in quotes'],
    ['server: { host: * }', '1:17: "*" at the beginning of a value stands for an alias; put the text in quotes'],
    ['server: !!js/function "x"', '1:9: custom tags ("!") are not supported'],
    ['server: !secret x', '1:9: custom tags ("!") are not supported'],
    ['a: 1\n---\nb: 1', '2:1: holds more than one YAML document'],
    ['server: {}\nserver: {}', '2:1 server: is given twice, first on line 1'],
    ['server: { <<: {} }', '1:11 server["<<"]: merge keys (<<) are not part of YAML 1.2'],
    ['server: { [a]: b }', '1:11 server: has a key that is not plain text'],
    ['server: *a', '1:9 server: is an alias of an anchor that does not come before it'],
    ['routes: &a [*a]', '1:13 routes[0]: is an alias of what holds it'],
  ])('%j', (text, line) => {
    expect(problems(text)[0]).toBe(`gateway.yaml:${line}`);
  });

  it.each(['hello', '- a', '~', '5'])('%s is no mapping', (text) => {
    expect(problems(text)).toEqual(['gateway.yaml: must be a mapping of keys such as server, upstreams and routes']);
  });
});

describe('many mistakes', () => {
  it('are reported at once, in the order of the file, those between healthy parts included', () => {
    const text = `
server:
  prot: 1
upstreams:
  users: { targets: [{ url: http://h }] }
  broken: { targets: 5 }
routes:
  - { id: a, match: { path: /a }, upstrem: users }
  - { id: b, match: { path: /b }, upstream: usres }
  - { id: c, match: { path: /c }, upstream: broken }
  - { id: d, match: { path: /d }, respond: { status: 99 } }
  - { id: b, match: { path: /e }, upstream: users }
`;
    expect(problems(text, { API_GATEWAY_PORT: 'x' })).toEqual([
      'gateway.yaml:3:3 server.prot: unknown key; did you mean "port"?',
      'gateway.yaml:6:13 upstreams.broken.targets: must be a list of mappings, not a number',
      'gateway.yaml:8:35 routes[0].upstrem: unknown key; did you mean "upstream"?',
      'gateway.yaml:9:35 routes[1].upstream: no upstream is called "usres" (route "b"); did you mean "users"?',
      'gateway.yaml:11:46 routes[3].respond.status: must be a whole number from 200 to 599',
      'gateway.yaml:12:7 routes[4].id: routes[1] has the id "b" already',
      'API_GATEWAY_PORT (server.port): must be a whole number from 0 to 65535, not text',
    ]);
  });

  it('are shown up to two hundred, and counted beyond', () => {
    const keys = Array.from({ length: 300 }, (_, index) => `zz${index}: 1`).join('\n');
    const lines = problems(keys);
    expect(lines).toHaveLength(201);
    expect(lines.at(-1)).toBe('and 100 more');
  });
});
