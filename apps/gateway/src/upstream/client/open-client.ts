import { NativeClient, type UpstreamClient } from '@app/upstream-client';
import type { UpstreamConfig } from '../../config/schema/gateway.schema.js';
import type { UpstreamClientOptions } from './client-options.js';
import { UndiciClient } from './undici.client.js';

/** The client of one target: the gateway's own, or undici's pool behind the same interface. */
export function openClient(kind: UpstreamConfig['client'], options: UpstreamClientOptions): UpstreamClient {
  return kind === 'native' ? new NativeClient(options) : new UndiciClient(options);
}
