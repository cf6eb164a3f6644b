import { execFile } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it } from '@jest/globals';
import { call } from '../helpers/call.js';
import { pass } from '../helpers/eventually.js';
import { compiled, GatewayProcess, ROOT, type ProcessOptions } from '../helpers/gateway-process.js';

const run = promisify(execFile);
const answering = { routes: [{ id: 'hello', match: { path: '/hello' }, respond: { status: 200, body: 'hello' } }] };
const NEST_BUILD_MS = 120_000;

async function listen(port = 0): Promise<Server> {
  const server = createServer().listen(port, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

/** Ports that were free a moment ago, below those that the system gives to outgoing connections in the meantime. */
async function freePorts(count: number): Promise<number[]> {
  const ports: number[] = [];
  while (ports.length < count) {
    const port = randomInt(20_000, 32_000);
    const server = await listen(port).catch(() => null);
    if (server === null) continue;
    await new Promise((resolve) => server.close(resolve));
    if (!ports.includes(port)) ports.push(port);
  }
  return ports;
}

/** Lines under a heading, without their indent. */
function section(stdout: string, heading: string): string[] {
  const lines = stdout.split('\n');
  const start = lines.indexOf(heading) + 1;
  if (start === 0) throw new Error(`no ${heading} in ${JSON.stringify(stdout)}`);
  return lines.slice(start, lines.indexOf('', start)).map((line) => line.trim());
}

async function refused(url: string): Promise<boolean> {
  try {
    await call(url);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ECONNREFUSED';
  }
}

describe('the start', () => {
  let gateway: GatewayProcess | undefined;

  afterEach(async () => {
    await gateway?.dispose();
    gateway = undefined;
  });

  async function serve(options: ProcessOptions, timeoutMs?: number): Promise<string> {
    const [started, url] = await GatewayProcess.serving(options, timeoutMs);
    gateway = started;
    return url;
  }

  it.each([
    ['main.js', (): string[] => compiled('main.js')],
    ['sluice start', (): string[] => compiled('cli.js', 'start')],
    ['sluice start --config FILE', (): string[] => compiled('cli.js', 'start', '--config', 'gateway.yaml')],
  ])('serves what the file says with %s', async (_, command) => {
    const url = await serve({ config: answering, command: command() });
    expect((await call(`${url}/hello`)).text).toBe('hello');
    expect(gateway?.stderr).toBe('');
  });

  it(
    'serves what the file says with `nest start gateway`',
    async () => {
      // A folder of its own for what it compiles: dist is what the other tests run meanwhile.
      const folder = mkdtempSync(join(ROOT, 'node_modules/.nest-start-'));
      try {
        const project = join(folder, 'tsconfig.json');
        const paths = {
          extends: join(ROOT, 'apps/gateway/tsconfig.app.json'),
          include: [join(ROOT, 'apps/gateway/src')],
        };
        writeFileSync(project, JSON.stringify({ ...paths, compilerOptions: { outDir: join(folder, 'dist') } }));
        writeFileSync(join(folder, 'gateway.json'), JSON.stringify({ ...answering, server: { port: 0 } }));
        const url = await serve(
          {
            command: ['npx', 'nest', 'start', 'gateway', '--path', relative(ROOT, project)],
            cwd: ROOT,
            env: { GATEWAY_CONFIG: join(folder, 'gateway.json') },
          },
          NEST_BUILD_MS,
        );
        expect((await call(`${url}/hello`)).text).toBe('hello');
      } finally {
        await gateway?.dispose();
        rmSync(folder, { recursive: true, force: true });
      }
    },
    NEST_BUILD_MS,
  );

  it('prefers the file that GATEWAY_CONFIG names, and its variables to what files say', async () => {
    const [port] = await freePorts(1);
    const url = await serve({
      config: 'server: { port: 1 }\nroutes: [{ id: a, match: { path: /a }, respond: { status: 204 } }]\n',
      env: { GATEWAY_CONFIG: './gateway.yaml', API_GATEWAY_PORT: String(port) },
    });
    expect(new URL(url).port).toBe(String(port));
    expect((await call(`${url}/a`)).status).toBe(204);
  });

  it('starts without a file, with no route yet', async () => {
    const url = await serve({ env: { API_GATEWAY_PORT: '0' } });
    expect((await call(`${url}/hello`)).status).toBe(404);
    expect(JSON.parse(gateway?.stdout.split('\n')[0] ?? '')).toMatchObject({
      level: 'info',
      msg: `Sluice listens on ${url}`,
      url,
      routes: 0,
    });
  });

  it('tells a person when there is no route yet', async () => {
    await serve({ config: { telemetry: { logs: { format: 'pretty' } } } });
    expect(section(gateway?.stdout ?? '', 'Routes')).toEqual(['none yet: see docs/configuration.md']);
  });

  it('tells a person the address, the routes, and where the control plane is', async () => {
    const url = await serve({
      config: { ...answering, management: { port: 0 }, telemetry: { logs: { format: 'pretty' } } },
    });
    const { stdout } = gateway as GatewayProcess;
    expect(stdout).toMatch(/^Sluice listens on http:\/\/127\.0\.0\.1:\d+\n/);
    expect(section(stdout, 'Routes')).toEqual(['hello  /hello  any method  -> answers 200']);
    const management = section(stdout, 'Management').map(
      (line) => /^(.+?) {2,}(http\S+)$/.exec(line)?.slice(1) ?? line,
    );
    expect(management.map(([name]) => name)).toEqual(['health', 'readiness', 'metrics', 'API docs', 'profiling']);
    for (const [, address] of management) {
      expect(address.startsWith(url)).toBe(false);
      expect([address, (await call(address)).status]).toEqual([address, 200]);
    }
  });

  describe('with the demo services', () => {
    let services: number[];

    function demo([users, auth, tenants, notifications]: readonly number[]): GatewayProcess {
      return GatewayProcess.start({
        command: compiled('cli.js', 'start', '--config', 'gateway.demo.yaml', '--demo'),
        cwd: ROOT,
        env: {
          API_GATEWAY_PORT: '0',
          DEMO_USERS_PORT: String(users),
          DEMO_AUTH_PORT: String(auth),
          DEMO_TENANTS_PORT: String(tenants),
          DEMO_NOTIFICATIONS_PORT: String(notifications),
        },
      });
    }

    async function serveDemo(): Promise<string> {
      services = await freePorts(4);
      gateway = demo(services);
      return gateway.listening();
    }

    async function servicesAreGone(): Promise<void> {
      for (let looks = 0; ; looks++) {
        const ends = await Promise.all(services.map((port) => refused(`http://127.0.0.1:${port}/health`)));
        if (ends.every(Boolean)) return;
        expect(looks).toBeLessThan(250);
        await pass(20);
      }
    }

    it('prints one command for each demo route, and each works as it stands', async () => {
      const url = await serveDemo();
      const { stdout } = gateway as GatewayProcess;
      const routes = section(stdout, 'Routes').map((line) => line.split(/ +/)[0]);
      expect(routes).toEqual(['users', 'users-write', 'auth', 'tenants', 'notifications']);
      const commands = section(stdout, 'Try');
      expect(commands).toHaveLength(routes.length);
      const outputs: string[] = [];
      for (const [index, command] of commands.entries()) {
        expect(command).toContain(`${url}/api/v1/${routes[index].split('-')[0]}`);
        const output = await run('bash', ['-c', command.replace(/^curl /, 'curl -sS --fail-with-body -m 20 ')]);
        expect(output.stderr).toBe('');
        outputs.push(output.stdout);
      }
      const [users, written, auth, tenants, notifications] = outputs;
      expect(JSON.parse(users)).toBeTruthy();
      expect(JSON.parse(written)).toMatchObject({ name: 'Ina Iversen' });
      expect(auth).toMatch(/"[\w-]+\.[\w-]+\.[\w-]+"/);
      expect(JSON.parse(tenants)).toBeTruthy();
      expect(notifications.match(/^data:/gm)).toHaveLength(3);
    });

    it('takes the demo services along when it drains', async () => {
      await serveDemo();
      gateway?.signal('SIGINT');
      expect(await gateway?.exited).toEqual({ code: 0, signal: null });
      expect(gateway?.stderr).toBe('');
      await servicesAreGone();
    });

    it('takes the demo services along when it is killed', async () => {
      await serveDemo();
      gateway?.signal('SIGKILL');
      await servicesAreGone();
    });

    it('says in one line when a demo service cannot start', async () => {
      const taken = await listen();
      try {
        gateway = demo([portOf(taken), ...(await freePorts(3))]);
        expect(await gateway.exited).toEqual({ code: 1, signal: null });
        expect(gateway.stderr).toMatch(/^sluice: .*users.* port \d+.*DEMO_USERS_PORT.*\n$/);
        expect(gateway.stdout).toBe('');
      } finally {
        taken.close();
      }
    });
  });

  describe('that fails', () => {
    async function failure(options: ProcessOptions, code: number): Promise<string[]> {
      gateway = GatewayProcess.start(options);
      expect(await gateway.exited).toEqual({ code, signal: null });
      expect(gateway.stdout).toBe('');
      expect(gateway.stderr).not.toMatch(/^\s+at /m);
      return gateway.stderr.trimEnd().split('\n');
    }

    it('names the port that is in use, and exits with 1', async () => {
      const taken = await listen();
      try {
        const port = portOf(taken);
        expect(await failure({ config: { server: { port } } }, 1)).toEqual([
          `sluice: port ${port} is in use; set server.port or API_GATEWAY_PORT to another one`,
        ]);
        const lines = await failure({ config: { management: { port } } }, 1);
        expect(lines).toEqual([
          expect.stringMatching(new RegExp(`^sluice: port ${port} is in use; .*management\\.port`)),
        ]);
      } finally {
        taken.close();
      }
    });

    it('names an address that is not of this machine', async () => {
      // TEST-NET-1 (RFC 5737).
      expect(await failure({ config: { server: { host: '192.0.2.1' } } }, 1)).toEqual([
        'sluice: 192.0.2.1 is no address of this machine; correct server.host',
      ]);
    });

    it.each([
      ['GATEWAY_CONFIG', { env: { GATEWAY_CONFIG: './absent.yaml' } }],
      ['--config', { args: ['--config', './absent.yaml'] }],
    ])('names the missing file that %s asked for, and exits with 78', async (_, { env, args = [] }: MissingFile) => {
      const lines = await failure({ command: compiled('cli.js', 'start', ...args), env }, 78);
      expect(lines).toEqual([expect.stringContaining('absent.yaml')]);
    });

    it('tells every mistake of the configuration in a line of its own, and exits with 78', async () => {
      const config = 'server:\n  prot: 0\nroutes:\n  - id: a\n    match: { path: /a }\n    upstream: nowhere\n';
      const lines = await failure({ config }, 78);
      expect(lines).toHaveLength(2);
      expect(lines[0]).toMatch(/gateway\.yaml:2:3 server\.prot: .*"port"/);
      expect(lines[1]).toMatch(/gateway\.yaml:6:\d+ routes\[0\]\.upstream: .*nowhere/);
    });

    it('tells where the text stops being YAML', async () => {
      const lines = await failure({ config: 'server: {\n  port: 0\nroutes: ]\n' }, 78);
      expect(lines).toEqual([expect.stringMatching(/gateway\.yaml:\d+:\d+/)]);
    });

    it('names the variable whose value is wrong', async () => {
      const lines = await failure({ config: answering, env: { API_GATEWAY_PORT: 'eighty' } }, 78);
      expect(lines).toEqual([expect.stringMatching(/^API_GATEWAY_PORT \(server\.port\): /)]);
    });
  });
});

interface MissingFile {
  readonly env?: Record<string, string>;
  readonly args?: string[];
}
