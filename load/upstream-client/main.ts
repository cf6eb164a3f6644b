/**
 * What an exchange costs the upstream client, beside undici and Node's own client, before a small server in another
 * process. Clients take turns, round by round; medians are shown.
 *
 * Usage: node load/upstream-client/main.ts [ROUNDS] [MILLISECONDS]
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { workloads } from './clients/workload.ts';

const CLIENTS = ['native', 'native-leased', 'undici-dispatch', 'undici-request', 'http-request'];

const [rounds = '5', milliseconds = '2000'] = process.argv.slice(2);
const here = import.meta.dirname;

interface Result {
  requests: number;
  cpuUs: number;
  rssMb: number;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1];
}

execFileSync('tsc', ['-p', `${here}/../../libs/upstream-client/tsconfig.lib.json`], { stdio: 'inherit' });
const server = spawn(process.execPath, [`${here}/server.ts`], { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
const [port] = (await once(server.stdout!, 'data')) as [Buffer];
const origin = `http://127.0.0.1:${String(port).trim()}`;

for (const workload of Object.keys(workloads)) {
  const results = new Map<string, Result[]>(CLIENTS.map((client) => [client, []]));
  for (let round = 0; round < Number(rounds); round++) {
    for (const client of CLIENTS) {
      const output = execFileSync(process.execPath, [`${here}/client.ts`, client, workload, origin, milliseconds]);
      results.get(client)!.push(JSON.parse(String(output)) as Result);
    }
  }
  console.log(`\n${workload.padEnd(18)}${'us CPU'.padStart(9)}${'per CPU s'.padStart(12)}${'RSS MB'.padStart(9)}`);
  for (const [client, all] of results) {
    const us = median(all.map(({ cpuUs, requests }) => cpuUs / requests));
    const rss = median(all.map(({ rssMb }) => rssMb));
    console.log(
      `${client.padEnd(18)}${us.toFixed(1).padStart(9)}${Math.round(1e6 / us)
        .toString()
        .padStart(12)}${rss.toFixed(0).padStart(9)}`,
    );
  }
}
server.disconnect();
