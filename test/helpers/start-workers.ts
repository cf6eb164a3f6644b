import type { AddressInfo } from 'node:net';
import { parseConfigObject, type ConfigObject } from '../../apps/gateway/src/config/index.js';
import { Gateway, checksFor } from '../../apps/gateway/src/gateway.js';
import { onlyWorker } from '../../apps/gateway/src/workers/only-worker.js';
import type { RunningGateway } from './start-gateway.js';
import { commonMemory, type Regions } from './threads/common-memory.js';

export interface RunningWorkers {
  readonly workers: readonly RunningGateway[];
  close(): Promise<void>;
}

/**
 * Gateways that share memory as workers do, each on a port of its own so that a test knows which one it asks. They run
 * in the test's own thread; threads are for the tests of the supervisor. The first one leads.
 */
export async function startWorkers(count: number, config: ConfigObject): Promise<RunningWorkers> {
  const loaded = parseConfigObject(
    { ...config, server: { port: 0, host: '127.0.0.1', ...config.server } },
    checksFor([]),
  );
  const regions: Regions = new Map();
  const workers: RunningGateway[] = [];
  for (let worker = 0; worker < count; worker++) {
    const leadership = { isLeader: () => worker === 0, onChange: () => undefined };
    const seat = { ...onlyWorker(), memory: commonMemory(regions, count, worker), leadership };
    const gateway = await Gateway.create({ loaded, logger: false }, { seat });
    const url = await gateway.listen();
    const { port } = gateway.app.getHttpServer().address() as AddressInfo;
    workers.push({ gateway, url, port, close: (timeoutMs = 200) => gateway.close(timeoutMs) });
  }
  return {
    workers,
    async close() {
      await Promise.all(workers.map((worker) => worker.close()));
    },
  };
}
