import 'reflect-metadata';
import { ListenError, startDemoServices, type DemoServices } from './demo-services.js';
import { DemoSettingsError } from './demo-settings.js';

/** Status of a process whose configuration cannot be used (EX_CONFIG of sysexits). */
const EXIT_CONFIG = 78;

// Started by the gateway: when that is gone, however it ended, nobody needs us.
process.once('disconnect', () => process.exit(0));
// Listening for that would keep a process alive that could not start.
process.channel?.unref();

try {
  const services = await startDemoServices();
  for (const [name, url] of Object.entries(services.urls)) {
    console.log(`${name.padEnd(13)} ${url}/api/v1/${name}`);
  }
  drainOn(['SIGINT', 'SIGTERM'], services);
} catch (error) {
  if (!(error instanceof ListenError || error instanceof DemoSettingsError)) throw error;
  console.error(error.message);
  process.exitCode = error instanceof ListenError ? 1 : EXIT_CONFIG;
}

/** The first signal lets running requests finish; a second one ends the process at once. */
function drainOn(signals: readonly NodeJS.Signals[], services: DemoServices): void {
  let draining = false;
  for (const signal of signals) {
    process.on(signal, () => {
      if (draining) process.exit(1);
      draining = true;
      void services.close().then(() => process.exit(0));
    });
  }
}
