import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parse, parseAllDocuments } from 'yaml';
import { loadConfig } from '../../apps/gateway/src/config/index.js';
import { checksFor } from '../../apps/gateway/src/gateway.js';
import { ROOT } from '../helpers/gateway-process.js';

const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const config = (file: string, env: Record<string, string> = {}) =>
  loadConfig({ file: join(ROOT, file), env, cwd: ROOT, ...checksFor([]) }).config;

describe('docker-compose.yml', () => {
  const { services } = parse(read('docker-compose.yml'));
  const demo = config('gateway.demo.yaml', services.gateway.environment);

  it('starts the gateway, Redis, Prometheus and Grafana', () => {
    expect(Object.keys(services)).toEqual(['gateway', 'redis', 'prometheus', 'grafana']);
  });

  it('mounts what is there, and only to be read', () => {
    const mounts: string[] = Object.values<{ volumes?: string[] }>(services).flatMap(({ volumes = [] }) => volumes);
    expect(mounts.length).toBeGreaterThan(0);
    for (const mount of mounts) {
      const [from, , mode] = mount.split(':');
      expect([mount, existsSync(join(ROOT, from)), mode]).toEqual([mount, true, 'ro']);
    }
  });

  it('lets Prometheus find the control plane, and nobody outside', () => {
    const { scrape_configs } = parse(read('deploy/prometheus/prometheus.yml'));
    expect(scrape_configs[0].static_configs[0].targets).toEqual([`gateway:${demo.management.port}`]);
    expect(demo.management.host).toBe('0.0.0.0');
    expect(services.gateway.ports).toEqual(['8080:8080']);
    expect(services.gateway.healthcheck.test.join(' ')).toContain(`127.0.0.1:${demo.management.port}/ready`);
  });

  it('lets the gateway find Redis', () => {
    expect(demo.redis.url).toBe('redis://redis:6379');
  });

  it('lets Grafana find the dashboards, and Prometheus', () => {
    const { providers } = parse(read('deploy/grafana/provisioning/dashboards/sluice.yml'));
    const { datasources } = parse(read('deploy/grafana/provisioning/datasources/prometheus.yml'));
    expect(services.grafana.volumes).toContain(`./deploy/grafana/dashboards:${providers[0].options.path}:ro`);
    expect(datasources[0].url).toBe('http://prometheus:9090');
    expect(services.prometheus.ports).toEqual(['127.0.0.1:9090:9090']);
  });

  it('runs the gateway without rights and with time to drain', () => {
    expect(services.gateway).toMatchObject({ read_only: true, cap_drop: ['ALL'] });
    expect(Number.parseInt(services.gateway.stop_grace_period, 10) * 1000).toBeGreaterThan(demo.server.drainTimeoutMs);
  });
});

describe('the image', () => {
  const lines = read('deploy/Dockerfile').split('\n');

  it('leaves behind what only the build needs', () => {
    expect(lines.filter((line) => line.startsWith('FROM '))).toHaveLength(2);
    expect(lines.join('\n')).toContain('npm prune --omit=dev');
  });

  it('runs the gateway itself, and not as root', () => {
    expect(lines).toContain('USER 65534:65534');
    expect(lines.find((line) => line.startsWith('ENTRYPOINT'))).toMatch(/^ENTRYPOINT \["node", /);
  });
});

describe('deploy/kubernetes', () => {
  const folder = 'deploy/kubernetes';
  const gateway = config(`${folder}/gateway.yaml`);
  const kustomization = parse(read(`${folder}/kustomization.yaml`));
  const objects = (kustomization.resources as string[]).flatMap((file) =>
    parseAllDocuments(read(`${folder}/${file}`)).map((document) => document.toJS()),
  );
  const of = (kind: string) => objects.filter((object) => object.kind === kind);
  const [deployment] = of('Deployment');
  const pod = deployment.spec.template.spec;
  const [container] = pod.containers;
  const ports: Record<string, number> = Object.fromEntries(
    container.ports.map(({ name, containerPort }: { name: string; containerPort: number }) => [name, containerPort]),
  );
  const mine = { matchLabels: kustomization.labels[0].pairs };

  it('applies every file that is there', () => {
    const files = readdirSync(join(ROOT, folder)).filter(
      (file) => !['kustomization.yaml', 'gateway.yaml'].includes(file),
    );
    expect(new Set(kustomization.resources)).toEqual(new Set(files));
    expect(kustomization.configMapGenerator[0].files).toEqual(['gateway.yaml']);
  });

  it('is made of every kind that keeps a gateway up', () => {
    const kinds = ['Deployment', 'Service', 'Service', 'HorizontalPodAutoscaler', 'PodDisruptionBudget'];
    expect(objects.map(({ kind }) => kind)).toEqual([...kinds, 'NetworkPolicy', 'ServiceMonitor']);
  });

  it('opens the ports that the gateway listens on', () => {
    expect(ports).toEqual({ http: gateway.server.port, management: gateway.management.port });
    expect(gateway.management.host).toBe('0.0.0.0');
    const named = new Set(
      of('Service').flatMap(({ spec }) => spec.ports.map(({ targetPort }: { targetPort: string }) => targetPort)),
    );
    expect(named).toEqual(new Set(Object.keys(ports)));
  });

  it('leaves a pod the time to drain before it is killed', () => {
    const sleepS = Number(container.lifecycle.preStop.exec.command[1]);
    const drainS = gateway.server.drainTimeoutMs / 1000;
    expect(pod.terminationGracePeriodSeconds).toBeGreaterThan(sleepS + drainS);
    expect(sleepS).toBeGreaterThan(container.readinessProbe.periodSeconds * container.readinessProbe.failureThreshold);
  });

  it('asks the control plane whether the gateway is ready, and whether it lives', () => {
    for (const [probe, path] of [
      ['startupProbe', '/ready'],
      ['readinessProbe', '/ready'],
      ['livenessProbe', '/health/live'],
    ]) {
      expect([probe, container[probe].httpGet]).toEqual([probe, { path, port: 'management' }]);
    }
  });

  it('runs without root, without rights, and on a root that cannot be written', () => {
    expect(pod.securityContext).toMatchObject({ runAsNonRoot: true, runAsUser: 65534 });
    expect(pod.automountServiceAccountToken).toBe(false);
    expect(container.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
    const mounted: string[] = container.volumeMounts.map(({ name }: { name: string }) => name);
    expect(mounted.sort()).toEqual(pod.volumes.map(({ name }: { name: string }) => name).sort());
    expect(kustomization.configMapGenerator[0].name).toBe(pod.volumes[0].configMap.name);
  });

  it('chooses its own pods wherever kustomize does not write that in', () => {
    expect(of('PodDisruptionBudget')[0].spec.selector).toEqual(mine);
    expect(of('NetworkPolicy')[0].spec.podSelector).toEqual(mine);
    expect(pod.topologySpreadConstraints[0].labelSelector).toEqual(mine);
  });

  it('lets one pod go at a time, of two at least', () => {
    const [{ spec }] = of('HorizontalPodAutoscaler');
    expect(spec.scaleTargetRef).toMatchObject({ kind: 'Deployment', name: deployment.metadata.name });
    expect(spec.minReplicas).toBeGreaterThan(of('PodDisruptionBudget')[0].spec.maxUnavailable);
    expect(deployment.spec.replicas).toBeUndefined();
  });

  it('keeps the control plane for Prometheus, which finds it', () => {
    const [open, guarded] = of('NetworkPolicy')[0].spec.ingress;
    expect([open.ports[0].port, open.from]).toEqual(['http', undefined]);
    expect([guarded.ports[0].port, guarded.from.length]).toEqual(['management', 1]);
    const [{ spec }] = of('ServiceMonitor');
    const scraped = of('Service').filter(({ metadata }) => metadata.labels?.['sluice/scrape'] === 'true');
    expect(scraped).toHaveLength(1);
    expect(spec.selector.matchLabels).toEqual(scraped[0].metadata.labels);
    expect(spec.endpoints[0]).toMatchObject({ port: scraped[0].spec.ports[0].name, path: '/metrics' });
    expect(spec.jobLabel).toBe('app.kubernetes.io/name');
    expect(mine.matchLabels['app.kubernetes.io/name']).toBe('sluice');
  });
});
