import type { DynamicModule, Type } from '@nestjs/common';
import { AuthModule } from './auth/auth.module.js';
import { demoSettings, portVariable, type DemoServicesOptions, type DemoSettings } from './demo-settings.js';
import { NotificationsModule } from './notifications/notifications.module.js';
import { startService, type RunningService } from './service/service.app.js';
import { SERVICE_NAMES, type ServiceName } from './service/service-name.js';
import { TenantsModule } from './tenants/tenants.module.js';
import { UsersModule } from './users/users.module.js';

export interface DemoServices {
  /** Origin of each service, such as `http://127.0.0.1:9001`. */
  urls: Record<ServiceName, string>;
  /** Stops listening, ends streams and sockets, lets running requests finish, and then cuts what is left. */
  close(): Promise<void>;
}

/** A service that cannot listen. The message is one line that names the service, the address and the way out. */
export class ListenError extends Error {}

/**
 * Starts the four services in this process, each on a port of its own. When one cannot start, the others are stopped.
 * Rejects with {@link ListenError}, or with `DemoSettingsError` when the environment names no usable port.
 */
export async function startDemoServices(options: DemoServicesOptions = {}): Promise<DemoServices> {
  const settings = demoSettings(options, process.env);
  const starts = await Promise.allSettled(SERVICE_NAMES.map((name) => start(name, settings)));
  const running = starts.filter((result) => result.status === 'fulfilled').map(({ value }) => value);
  const close = async () => {
    await Promise.all(running.map((service) => service.close(settings.drainTimeoutMs)));
  };
  const failed = starts.find((result) => result.status === 'rejected');
  if (failed) {
    await close();
    throw failed.reason;
  }
  const urls = Object.fromEntries(SERVICE_NAMES.map((name, index) => [name, running[index].url]));
  return { urls: urls as Record<ServiceName, string>, close };
}

async function start(name: ServiceName, { host, ports, jwtSecret }: DemoSettings): Promise<RunningService> {
  const modules: Record<ServiceName, Type | DynamicModule> = {
    users: UsersModule,
    auth: AuthModule.signingWith(jwtSecret),
    tenants: TenantsModule,
    notifications: NotificationsModule,
  };
  try {
    return await startService(modules[name], { host, port: ports[name] });
  } catch (error) {
    const reason = listenFailure(error, name);
    if (!reason) throw error;
    throw new ListenError(`The demo service ${name} cannot listen on ${host} port ${ports[name]}: ${reason}`, {
      cause: error,
    });
  }
}

function listenFailure(error: unknown, name: ServiceName): string | null {
  const wayOut = `Set ${portVariable(name)} to another port, or to 0 for a free one.`;
  switch ((error as NodeJS.ErrnoException | null)?.code) {
    case 'EADDRINUSE':
      return `the port is in use. ${wayOut}`;
    case 'EACCES':
      return `this user may not use the port. ${wayOut}`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return 'this machine has no such address.';
    default:
      return null;
  }
}
