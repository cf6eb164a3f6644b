import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { cruiseTree, repository, ruleNames } from './cruise-tree.js';

/**
 * A small repository that breaks each rule: file -> what it imports (`type` before those
 * of which it takes only types). Files that break none stand beside them, so that
 * a rule that forbids too much is seen as well.
 */
const trespassers: Readonly<Record<string, readonly string[]>> = {
  'apps/gateway/src/main.ts': ['./app.module.js'],
  'apps/gateway/src/app.module.ts': ['./control/health.controller.js', './pipeline/compile.js', './edge/cors.js'],
  'apps/gateway/src/index.ts': ['./pipeline/contract/stage.js'],
  'apps/gateway/src/config/snapshot.ts': ['zod', '../pipeline/stage-order.js'],
  'apps/gateway/src/problems/registry.ts': [],
  'apps/gateway/src/pipeline/contract/stage.ts': ['../stage-order.js', '../../problems/registry.js'],
  'apps/gateway/src/pipeline/stage-order.ts': [],
  'apps/gateway/src/pipeline/compile.ts': ['../edge/cors.js', '../caching/lookup.js', './contract/stage.js'],
  'apps/gateway/src/edge/cors.ts': ['../caching/lookup.js', '../config/snapshot.js', '../pipeline/contract/stage.js'],
  'apps/gateway/src/edge/events.ts': [],
  'apps/gateway/src/server/front-door.ts': ['../edge/events.js'],
  'apps/gateway/src/edge/chicken.ts': ['./egg.js'],
  'apps/gateway/src/edge/egg.ts': ['type ./chicken.js'],
  'apps/gateway/src/caching/lookup.ts': ['../pipeline/stage-order.js', '../../../../libs/cache/src/index.js'],
  'apps/gateway/src/caching/purge.ts': ['../../../../libs/cache/src/core/store.js', '../caching/lookup.js'],
  'apps/gateway/src/response/compress.ts': ['../control/health.controller.js', '../../../../test/helpers/ports.js'],
  'apps/gateway/src/response/measure.ts': ['../../../../libs/observability/src/index.js', 'jest'],
  'apps/gateway/src/response/utils/bytes.ts': ['./units.js'],
  'apps/gateway/src/response/utils/units.ts': [],
  'apps/gateway/src/upstream/group.ts': ['undici', './client/pool.js'],
  'apps/gateway/src/upstream/client/pool.ts': ['undici'],
  'apps/gateway/src/telemetry/listen.ts': [
    '../../../../libs/observability/src/index.js',
    '../edge/cors.js',
    '../edge/events.js',
    '../edge/cors.events.js',
  ],
  'apps/gateway/src/edge/cors.events.ts': [],
  'apps/gateway/src/control/health.controller.ts': ['@nestjs/common', './absent.js'],
  'apps/gateway/src/simulate/simulation.ts': ['../caching/lookup.js'],
  'apps/demo-services/src/main.ts': ['../../gateway/src/index.js'],
  'libs/cache/src/index.ts': ['./core/store.js', './nest/cache.module.js'],
  'libs/cache/src/core/store.ts': ['@nestjs/common', './ring.js', '../nest/cache.module.js'],
  'libs/cache/src/core/ring.ts': ['./link.js'],
  'libs/cache/src/core/link.ts': ['./ring.js'],
  'libs/cache/src/nest/cache.module.ts': ['@nestjs/common', '../../../observability/src/index.js'],
  'libs/observability/src/index.ts': [],
  'examples/custom-stage/src/stage.ts': [
    '../../../apps/gateway/src/index.js',
    '../../../apps/gateway/src/edge/cors.js',
  ],
  'examples/library-only/src/app.ts': [
    '../../../libs/cache/src/index.js',
    '../../../libs/cache/src/core/store.js',
    '../../../apps/gateway/src/index.js',
  ],
  'test/helpers/ports.ts': ['node:net'],
};

const trespasses = [
  'apps-enter-libs-by-their-index: gateway/caching/purge.ts -> libs/cache/src/core/store.ts',
  'apps-enter-libs-by-their-index: examples/library-only/src/app.ts -> libs/cache/src/core/store.ts',
  'config-and-problems-stand-alone: gateway/config/snapshot.ts -> gateway/pipeline/stage-order.ts',
  'contract-imports-only-types-below-it: gateway/pipeline/contract/stage.ts -> gateway/pipeline/stage-order.ts',
  'demo-services-stand-alone: apps/demo-services/src/main.ts -> gateway/index.ts',
  'examples-use-the-public-face: examples/custom-stage/src/stage.ts -> gateway/edge/cors.ts',
  'lib-core-is-plain: libs/cache/src/core/store.ts -> libs/cache/src/nest/cache.module.ts',
  'lib-core-is-plain: libs/cache/src/core/store.ts -> package @nestjs/common',
  'lib-nest-faces-own-core: libs/cache/src/nest/cache.module.ts -> libs/observability/src/index.ts',
  'libraries-need-no-gateway: examples/library-only/src/app.ts -> gateway/index.ts',
  'no-circular: libs/cache/src/core/link.ts -> libs/cache/src/core/ring.ts',
  'no-dev-dependency-in-production: gateway/response/measure.ts -> package jest',
  'no-test-in-production: gateway/response/compress.ts -> test/helpers/ports.ts',
  'no-utils-unimported: gateway/response/utils/bytes.ts -> gateway/response/utils/units.ts',
  'no-utils: gateway/response/utils/bytes.ts -> gateway/response/utils/units.ts',
  'not-to-unresolvable: gateway/control/health.controller.ts -> ./absent.js',
  'nothing-imports-control: gateway/response/compress.ts -> gateway/control/health.controller.ts',
  'only-pipeline-sees-rooms: gateway/server/front-door.ts -> gateway/edge/events.ts',
  'only-telemetry-observes: gateway/response/measure.ts -> libs/observability/src/index.ts',
  'only-upstream-knows-its-client: gateway/upstream/group.ts -> package undici',
  'room-imports-only-contract: gateway/caching/lookup.ts -> gateway/pipeline/stage-order.ts',
  'room-imports-only-contract: gateway/edge/cors.ts -> gateway/caching/lookup.ts',
  'room-imports-only-contract: gateway/response/compress.ts -> gateway/control/health.controller.ts',
  'telemetry-hears-events: gateway/telemetry/listen.ts -> gateway/edge/cors.ts',
];

async function plant(files: typeof trespassers): Promise<string> {
  // Below the repository, so that the packages it names are found.
  await mkdir(join(repository, '.cache'), { recursive: true });
  const root = await mkdtemp(join(repository, '.cache', 'import-rules-'));
  for (const [file, imports] of Object.entries(files)) {
    const lines = imports.map((name) => `import ${name.replace(/^(type )?(.*)$/, "$1* as it from '$2'")};\n`);
    await mkdir(dirname(join(root, file)), { recursive: true });
    await writeFile(join(root, file), `${lines.join('')}export {};\n`);
  }
  return root;
}

describe('import rules', () => {
  it('hold for the whole repository', async () => {
    const { violations, modulesCount } = await cruiseTree(repository);
    expect(violations).toEqual([]);
    expect(modulesCount).toBeGreaterThan(100);
  });

  it('report each trespass, and nothing else', async () => {
    const root = await plant(trespassers);
    try {
      expect((await cruiseTree(root)).violations).toEqual(trespasses.toSorted());
    } finally {
      await rm(root, { recursive: true });
    }
  });

  it('are each proven by a trespass', () => {
    const proven = new Set(trespasses.map((line) => line.slice(0, line.indexOf(':'))));
    expect(ruleNames.filter((name) => !proven.has(name))).toEqual([]);
  });
});
