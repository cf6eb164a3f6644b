import { realpathSync } from 'node:fs';
import { NestLogger } from '../telemetry/logs/nest-logger.js';
import { openLogs } from '../telemetry/logs/open-logs.js';
import { CommonOutput } from '../telemetry/logs/worker-lines.js';
import { newProcessName } from '../workers/process-name.js';
import { demandFreePort } from '../workers/port-sharing.js';
import { Supervisor, type SupervisorOptions } from '../workers/supervisor.js';
import type { Serving, Startable } from './serving.js';

/** Time that the last lines of the log get, in milliseconds. */
const LOG_DRAIN_MS = 1_000;

/**
 * Serves in worker threads, with this one as their supervisor.
 *
 * @throws WorkerStartError, or what listening throws when a port is not to be had
 */
export async function serveWithWorkers({ loaded }: Startable, workers: number): Promise<Serving> {
  const { server, management, telemetry } = loaded.config;
  const [, script, ...args] = process.argv;
  if (script === undefined) throw new Error('workers need a script that each of them can run; set server.workers to 1');
  if (management.port !== null) await demandFreePort(management.host, management.port);
  await demandFreePort(server.host, server.port);
  const output = new CommonOutput();
  const logs = await openLogs(telemetry.logs, output);
  const supervisor = new Supervisor({
    workers,
    // A link such as that of a package's bin has no ending to tell the kind of script by.
    entry: { script: realpathSync(script), args },
    source: loaded.source,
    processName: server.name ?? newProcessName(),
    lines: output,
    drainTimeoutMs: server.drainTimeoutMs,
    ...reports(new NestLogger(logs)),
  });
  const { url, managementUrl } = await supervisor.start();
  return {
    url,
    managementUrl,
    logs,
    async drain() {
      const clean = await supervisor.drain();
      await logs.drain(LOG_DRAIN_MS);
      return clean;
    },
  };
}

/** Tells the log what becomes of workers. */
function reports(logger: NestLogger): Pick<SupervisorOptions, 'onWorkerEnded' | 'onWorkerBack'> {
  return {
    onWorkerEnded(worker, reason, restartInMs) {
      const told = 'message' in reason ? reason : (reason.error ?? { message: `it exited with code ${reason.code}` });
      const stack = 'stack' in told && told.stack !== null ? { stack: told.stack } : {};
      logger.error(
        {
          msg: `a worker has ended: ${told.message}`,
          worker,
          reason: told.code ?? 'exit',
          restartInMs: Math.round(restartInMs),
          ...stack,
        },
        'Workers',
      );
    },
    onWorkerBack(worker) {
      logger.log({ msg: 'a worker serves again', worker }, 'Workers');
    },
  };
}
