import { spawn } from 'node:child_process';
import { fromRoot } from '../peers/peers/peer.ts';
import { endWithThis, mortal, stop } from '../peers/processes/children.ts';
import { freePort } from '../peers/processes/port.ts';

const ENTRY = 'dist/apps/gateway/apps/gateway/src/cli.js';
const CONFIG = 'gateway.demo.yaml';
const SERVICES = ['USERS', 'AUTH', 'TENANTS', 'NOTIFICATIONS'];
const START_TIMEOUT_MS = 30_000;

export interface DemoGateway {
  url: string;
  stop(): Promise<void>;
}

/** Starts the gateway with the demo on ports that are free. Throws with what it said when it does not come up. */
export async function startDemoGateway(environment: Readonly<Record<string, string>>): Promise<DemoGateway> {
  const ports: Record<string, string> = { API_GATEWAY_PORT: '0', NODE_ENV: 'production' };
  for (const name of SERVICES) ports[`DEMO_${name}_PORT`] = String(await freePort());
  const [command, ...args] = mortal([
    process.execPath,
    fromRoot(ENTRY),
    'start',
    '--config',
    fromRoot(CONFIG),
    '--demo',
  ]);
  const child = endWithThis(
    spawn(command, args, { env: { ...process.env, ...ports, ...environment }, stdio: ['ignore', 'pipe', 'pipe'] }),
  );
  const url = await new Promise<string>((resolve, reject) => {
    let said = '';
    const hear = (text: string): void => {
      said += text;
      const address = /listens on (http\S+)/.exec(said);
      if (address !== null) resolve(address[1]);
    };
    const giveUp = (why: string): void => reject(new Error(`the gateway ${why}: ${said.trim()}`));
    child.stdout.setEncoding('utf8').on('data', hear);
    child.stderr.setEncoding('utf8').on('data', hear);
    child.once('exit', () => giveUp('ended at once'));
    child.once('error', reject);
    setTimeout(() => giveUp(`did not come up within ${START_TIMEOUT_MS} ms`), START_TIMEOUT_MS).unref();
  }).catch(async (error: unknown) => {
    await stop(child);
    throw error;
  });
  return { url, stop: () => stop(child) };
}
