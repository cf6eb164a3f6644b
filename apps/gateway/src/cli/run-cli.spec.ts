import { afterAll, describe, expect, it } from '@jest/globals';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { parseConfigObject } from '../config/load.js';
import type { StartOptions } from './command.js';
import { formatRoutes } from './routes.command.js';
import { runCli } from './run-cli.js';

const cwd = mkdtempSync(join(tmpdir(), 'sluice-cli-'));
afterAll(() => rmSync(cwd, { recursive: true }));

const CONFIG = `
management: { token: hunter2 }
upstreams:
  users: { targets: [{ url: http://127.0.0.1:9001 }] }
  orders: { targets: [{ url: http://127.0.0.1:9002 }] }
routes:
  - id: users
    match: { path: /api/v1/users/*, methods: [GET, post] }
    upstream: users
    headers: { request: { set: { Authorization: Basic hunter2, X-Plain: "$\${kept}" } } }
  - id: split
    match: { path: /split, hosts: [a.com, "*.b.com"], headers: { X-Api-Key: hunter2 }, query: { v: "1" } }
    weighted: [{ upstream: users, weight: 2 }, { upstream: orders, weight: 1 }]
  - id: old
    match: { path: /old }
    redirect: { to: /new, status: 301 }
  - id: ping
    match: { path: /ping }
    respond: {}
`;
writeFileSync(join(cwd, 'gateway.yaml'), CONFIG);
writeFileSync(join(cwd, 'broken.yaml'), 'server: { prot: 1 }\nroutes: 5\n');

async function sluice(...argv: string[]) {
  const written = { stdout: '', stderr: '' };
  const started: StartOptions[] = [];
  const stream = (name: 'stdout' | 'stderr') => ({
    write: (text: string) => {
      written[name] += text;
    },
  });
  const code = await runCli(
    argv,
    { stdout: stream('stdout'), stderr: stream('stderr'), env: {}, cwd },
    {
      start: async (options) => {
        started.push(options);
        return 7;
      },
      explain: async (_, question) => ({
        request: {
          method: question.method,
          path: '/x',
          query: '',
          host: 'a',
          scheme: 'http',
          clientAddress: question.clientAddress,
        },
        refusedWith: null,
        route: 'users',
        otherRoutes: [{ id: 'old', because: [{ part: 'path', wanted: '/old' }] }],
        stages: [{ name: 'forward', tells: { fields: question.headers, target: question.target } }],
      }),
    },
  );
  return { code, started, ...written };
}

describe('sluice explain', () => {
  it('asks what would become of a request, and tells it line by line', async () => {
    const argv = ['explain', '/x', '--method', 'post', '--header', 'A: 1', '--header', 'b: 2', '--client', '192.0.2.1'];
    expect(await sluice(...argv)).toMatchObject({
      code: 0,
      stderr: '',
      stdout:
        'POST http://a/x\nroute users\n  forward\n    fields: ["A","1","b","2"]\n    target: "/x"\n' +
        'other routes\n  old: path is not /old\n',
    });
  });

  it('tells the same as JSON', async () => {
    const { stdout } = await sluice('explain', '/x', '--json');
    expect(JSON.parse(stdout)).toMatchObject({ route: 'users', request: { clientAddress: '127.0.0.1' } });
  });

  it.each([
    [['--method', 'G T'], 'method: must be an HTTP method'],
    [['--header', 'no colon'], 'header.0: must be "name: value"'],
    [['--client', 'me'], 'client: must be an IP address'],
  ])('refuses %j', async (options, reason) => {
    expect(await sluice('explain', '/x', ...options)).toMatchObject({ code: 64, stderr: `sluice: ${reason}\n` });
  });
});

describe('sluice check', () => {
  it.each([[['gateway.yaml']], [['--config', 'gateway.yaml']], [[join(cwd, 'gateway.yaml')]], [[]]])(
    'counts what is in a valid file: %j',
    async (argv) => {
      expect(await sluice('check', ...argv)).toMatchObject({
        code: 0,
        stdout: 'gateway.yaml: valid, 4 routes, 2 upstreams\n',
        stderr: '',
      });
    },
  );

  it('prints all that is wrong with another, and ends with 78', async () => {
    expect(await sluice('check', 'broken.yaml')).toMatchObject({
      code: 78,
      stdout: '',
      stderr:
        'broken.yaml:1:11 server.prot: unknown key; did you mean "port"?\n' +
        'broken.yaml:2:1 routes: must be a list of mappings, not a number\n',
    });
  });

  it('prints one line for a file that is not there', async () => {
    expect(await sluice('check', 'none.yaml')).toMatchObject({ code: 78, stderr: 'none.yaml: no such file\n' });
  });

  it('warns about what is probably not meant', async () => {
    writeFileSync(join(cwd, 'empty.yaml'), '');
    expect(await sluice('check', 'empty.yaml')).toMatchObject({
      code: 0,
      stdout: 'empty.yaml: valid, 0 routes, 0 upstreams\n',
      stderr: 'warning: empty.yaml routes: is empty: every request gets 404\n',
    });
  });
});

describe('sluice print-config', () => {
  it('prints what the gateway would run with, defaults included, without any secret', async () => {
    const { code, stdout } = await sluice('print-config');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^# gateway\.yaml, revision [0-9a-f]{12}\nserver:\n {2}port: 8080\n/);
    expect(stdout).not.toContain('hunter2');
    const printed = parse(stdout);
    expect(printed.management.token).toBe('***');
    expect(printed.routes[0].headers.request.set).toEqual({ authorization: '***', 'x-plain': '$${kept}' });
    expect(printed.routes[1].match.headers).toEqual({ 'x-api-key': '***' });
  });

  it('prints what is a valid file again', async () => {
    const { stdout } = await sluice('print-config');
    writeFileSync(join(cwd, 'printed.yaml'), stdout);
    expect(await sluice('check', 'printed.yaml')).toMatchObject({ code: 0 });
  });

  it('prints the problems of a broken file instead', async () => {
    expect(await sluice('print-config', '--config', 'broken.yaml')).toMatchObject({ code: 78, stdout: '' });
  });
});

describe('sluice routes', () => {
  it('prints one aligned line per route, in the order of the file', async () => {
    const { code, stdout } = await sluice('routes', '--config=gateway.yaml');
    expect(code).toBe(0);
    expect(stdout).toBe(
      [
        'ID     HOSTS          METHODS   PATH                   → TARGET',
        'users  *              GET,POST  /api/v1/users/*        → users',
        'split  a.com,*.b.com  *         /split [x-api-key ?v]  → users 66.7%, orders 33.3%',
        'old    *              *         /old                   → 301 /new',
        'ping   *              *         /ping                  → respond 200',
        '',
      ].join('\n'),
    );
  });

  it('prints the head alone when there are none', () => {
    expect(formatRoutes(parseConfigObject({}).config.routes)).toBe('ID  HOSTS  METHODS  PATH  → TARGET\n');
  });
});

describe('sluice start', () => {
  it('hands the file on, and gives the exit code back', async () => {
    expect(await sluice('start', '--config', 'x.yaml')).toMatchObject({ code: 7, started: [{ file: 'x.yaml' }] });
    expect(await sluice('start')).toMatchObject({ code: 7, started: [{ file: undefined }] });
  });
});

describe('sluice generate observability', () => {
  it('writes what watches the routes, says so, and leaves alone what is up to date', async () => {
    const first = await sluice(
      'generate',
      'observability',
      '--out',
      'watch',
      '--target',
      'gw:1',
      '--runbooks',
      'https://r',
    );
    expect(first).toMatchObject({ code: 0, stderr: '' });
    expect(first.stdout).toMatch(/^wrote watch\/prometheus\/prometheus\.yml$/m);
    expect(first.stdout).not.toContain('kept');
    const written = (path: string): string => readFileSync(join(cwd, 'watch', path), 'utf8');
    expect(written('prometheus/prometheus.yml')).toContain('gw:1');
    expect(written('prometheus/rules/sluice-alerts.yml')).toContain('runbook_url: https://r#');
    expect(written('grafana/dashboards/sluice-routes.json')).toContain('"split: no budget"');
    const again = await sluice(
      'generate',
      'observability',
      '--out',
      'watch',
      '--target',
      'gw:2',
      '--runbooks',
      'https://r',
    );
    expect(again.stdout.split('\n').filter((line) => line.startsWith('wrote'))).toEqual([
      'wrote watch/prometheus/prometheus.yml',
    ]);
  });

  it('writes nothing for a broken configuration', async () => {
    const { code, stdout } = await sluice('generate', 'observability', '--out', 'none', '--config', 'broken.yaml');
    expect([code, stdout, existsSync(join(cwd, 'none'))]).toEqual([78, '', false]);
  });
});

describe('sluice simulate', () => {
  const short = ['simulate', '--traffic', 'poisson:5', '--duration', '10s', '--route', 'ping'];

  it('tells what became of the traffic, the same each time', async () => {
    const { code, stdout } = await sluice(...short);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^10 s of traffic \(poisson, 5 requests a second, keys 100\), seed 1, configuration \w{12}\n/,
    );
    expect(stdout).toMatch(/^ROUTE +OFFERED +ANSWERED/m);
    expect(await sluice(...short)).toMatchObject({ stdout });
  });

  it('writes a plot and all figures where it is told to, and prints the figures when it is asked', async () => {
    const { code, stdout } = await sluice(...short, '--out', 'sim/deep', '--json');
    expect(code).toBe(0);
    const written = (name: string): string => readFileSync(join(cwd, 'sim/deep', name), 'utf8');
    expect(written('simulation.json')).toBe(stdout);
    expect(JSON.parse(stdout)).toMatchObject({ seed: 1, routes: [{ id: 'ping', failed: 0, refused: 0 }] });
    expect(written('simulation.svg')).toMatch(/^<svg [\s\S]+<\/svg>\n$/);
    expect(await sluice(...short, '--out', 'gateway.yaml/x')).toMatchObject({
      code: 73,
      stderr: 'sluice: --out gateway.yaml/x: cannot be written (ENOTDIR)\n',
    });
  });

  it.each([
    [[], 64, 'which traffic? --traffic trace.csv or --traffic poisson:RPS'],
    [['--traffic', 'poisson:0'], 64, '--traffic poisson:0: 0 a second is no traffic'],
    [['--traffic', 'none.csv'], 66, 'none.csv: no such file'],
    [['--traffic', 'bad.csv'], 65, 'bad.csv:3 time_s: must be seconds, not "soon"'],
    [['--traffic', 'poisson:1', '--route', 'user'], 64, '--route: there is no route "user"; did you mean "users"?'],
  ])('%j is refused in one line', async (options, code, reason) => {
    writeFileSync(join(cwd, 'bad.csv'), 'time_s,route\n1,ping\nsoon,ping\n');
    expect(await sluice('simulate', ...options)).toEqual({
      code,
      stdout: '',
      stderr: `sluice: ${reason}\n`,
      started: [],
    });
  });

  it('simulates nothing for a broken configuration', async () => {
    const { code, stdout } = await sluice(...short, '--config', 'broken.yaml');
    expect([code, stdout]).toEqual([78, '']);
  });
});

describe('sluice generate load', () => {
  it('writes the budgets for k6 scripts, or says that there are none', async () => {
    writeFileSync(
      join(cwd, 'budget.yaml'),
      'routes: [{ id: a, match: { path: /a }, respond: {}, budget: { p95Ms: 42 } }]\n',
    );
    expect(await sluice('generate', 'load', '--config', 'budget.yaml', '--out', 'k6')).toMatchObject({
      code: 0,
      stdout: 'wrote k6/budgets.ts\n',
      stderr: '',
    });
    expect(readFileSync(join(cwd, 'k6/budgets.ts'), 'utf8')).toContain('"http_req_duration{route:a}": ["p(95)<42"]');
    expect(await sluice('generate', 'load', '--out', 'unwritten')).toMatchObject({
      code: 78,
      stdout: '',
      stderr:
        'sluice: no route has a budget that traffic could be held to: set telemetry.budget, or budget of a route\n',
    });
    expect(existsSync(join(cwd, 'unwritten'))).toBe(false);
  });
});

describe('the command line', () => {
  it.each([[['--help']], [['-h']], [['check', '--help']]])('explains itself: %j', async (argv) => {
    const { code, stdout } = await sluice(...argv);
    expect(code).toBe(0);
    for (const word of ['start', 'check [FILE]', 'print-config', 'routes', '--config FILE', 'GATEWAY_CONFIG', '78']) {
      expect(stdout).toContain(word);
    }
  });

  it.each(['--version', '-v'])('tells its version: %s', async (flag) => {
    expect(await sluice(flag)).toMatchObject({ code: 0, stdout: expect.stringMatching(/^sluice \d+\.\d+\.\d+\n$/) });
  });

  it.each([
    [[], 'no command given'],
    [['chek'], 'unknown command "chek"; did you mean "check"?'],
    [['frobnicate'], 'unknown command "frobnicate"'],
    [['check', '--confg', 'x'], "Unknown option '--confg'"],
    [['routes', '--config'], "Option '--config <value>' argument missing"],
    [['check', 'a', 'b'], 'check takes one file'],
    [['check', 'a', '--config', 'b'], 'give FILE or --config, not both'],
    [['routes', 'a'], 'routes takes no file; use --config FILE'],
    [['generate'], 'generate what? observability, load'],
    [['generate', 'dashboards'], 'generate what? observability, load'],
    [['generate', 'observability', 'a'], 'generate takes no file; use --config FILE'],
    [['generate', 'load', '--target', 'a:1'], '--target goes with generate observability'],
    [['generate', 'load', '--runbooks', 'x'], '--runbooks goes with generate observability'],
    [['simulate', '--target', 'a:1'], '--target goes with generate observability'],
    [['check', '--demo'], '--demo goes with start'],
    [['explain'], 'usage: sluice explain URL'],
    [['explain', '/a', '/b'], 'usage: sluice explain URL'],
    [['check', '--method', 'GET'], '--method goes with explain'],
    [['routes', '--out', 'x'], '--out goes with generate, simulate'],
    [['routes', '--seed', '1'], '--seed goes with simulate'],
  ])('%j is refused with 64 and the usage', async (argv, reason) => {
    expect(await sluice(...argv)).toMatchObject({
      code: 64,
      stdout: '',
      stderr: `sluice: ${reason}\nusage: sluice <command> [--config FILE] (sluice --help)\n`,
      started: [],
    });
  });
});
