import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Where `npm run build` puts the demo services, seen from this file's own place in dist. */
const ENTRY = fileURLToPath(new URL('../../../../../demo-services/apps/demo-services/src/main.js', import.meta.url));
const SERVICES = 4;

export interface DemoServices {
  stop(): Promise<void>;
}

/**
 * Starts the demo services in a process of their own, so that what the gateway costs can be told apart from what they
 * cost. It is out of the terminal's process group: Ctrl-C reaches the gateway, which drains before they go. They end
 * by themselves when the channel to the gateway closes, however it ended.
 *
 * @throws Error with what the services said, when they do not come up
 */
export async function startDemoServices(): Promise<DemoServices> {
  const child = spawn(process.execPath, [ENTRY], { detached: true, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  await untilListening(child);
  return {
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

function untilListening(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let lines = 0;
    let complaint = '';
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      lines += text.split('\n').length - 1;
      if (lines >= SERVICES) resolve();
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (complaint += text));
    child.once('error', reject);
    child.once('exit', () => reject(new Error(complaint.trim() || 'the demo services ended at once')));
  });
}
