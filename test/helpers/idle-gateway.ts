import { DataPlane } from '../../apps/gateway/src/pipeline/data-plane.js';
import { UpstreamRegistry } from '../../apps/gateway/src/upstream/upstream-registry.js';
import { eventually } from './eventually.js';
import type { RunningGateway } from './start-gateway.js';

/** Waits until a gateway has nothing under way: no request, no exchange with a target, nothing that waits for one. */
export async function untilIdle({ gateway }: RunningGateway, timeoutMs = 5_000): Promise<void> {
  const plane = gateway.app.get(DataPlane);
  const groups = Object.keys(gateway.loaded.config.upstreams).map((name) =>
    gateway.app.get(UpstreamRegistry).get(name),
  );
  const busy = (): number =>
    groups
      .flatMap(({ targets }) => targets)
      .reduce((sum, { active, client }) => sum + active + client.stats().active + client.stats().waiting, plane.active);
  await eventually('the gateway is idle', () => busy() === 0, timeoutMs);
}
