import { availableParallelism } from 'node:os';

// For the workers only, which take their environment from here: each would warn once that the flag is experimental.
process.env.NODE_OPTIONS = `${process.env.NODE_OPTIONS ?? ''} --disable-warning=ExperimentalWarning`.trim();

/** Decorators with their metadata, since Nest resolves constructor parameters by type. */
const swc = [
  '@swc/jest',
  {
    sourceMaps: 'inline',
    module: { type: 'es6' },
    jsc: {
      target: 'es2024',
      parser: { syntax: 'typescript', decorators: true },
      transform: { legacyDecorator: true, decoratorMetadata: true },
      keepClassNames: true,
    },
  },
];

const shared = {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  // .js before .ts: the last rule of moduleNameMapper also reaches packages, whose compiled file must win.
  moduleFileExtensions: ['js', 'mjs', 'cjs', 'ts', 'json', 'node'],
  transform: { '\\.ts$': swc },
  moduleNameMapper: {
    '^@app/gateway$': '<rootDir>/apps/gateway/src/index.ts',
    '^@app/([^/]+)$': '<rootDir>/libs/$1/src/index.ts',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  modulePathIgnorePatterns: ['<rootDir>/dist/'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/', '/fixtures/'],
  setupFiles: ['<rootDir>/test/setup/load-nest-first.mjs'],
};

const project = (displayName, testMatch, extra = {}) => ({
  ...shared,
  displayName,
  testMatch: testMatch.map((glob) => `<rootDir>/${glob}`),
  ...extra,
});

const patient = { setupFilesAfterEnv: ['<rootDir>/test/setup/patient.mjs'] };

/**
 * What sends to upstreams, once more over the client that is not the default. Not what only happens before or beside
 * that: routing, credentials, limits, metrics, logs, administration, whole programs, browsers, the client on its own.
 */
const sending = [
  'test/e2e/{proxying,drain,resilience,stages}-*.e2e-spec.ts',
  'test/e2e/caching-{collapsing,freshness,invalidation,stale,validation,vary}.e2e-spec.ts',
  'test/e2e/{drain,failing-stages,first-request,tracing-spans}.e2e-spec.ts',
  'test/security/{body-framing,cached-replies,expectations-*,gateway-*,pipelining,size-limits,slow-peers}.e2e-spec.ts',
];
const underUndici = { ...patient, setupFiles: [...shared.setupFiles, '<rootDir>/test/setup/undici-client.mjs'] };

/** `npx jest --selectProjects unit` runs one of them; a path after it narrows further. */
export default {
  // Two at least: the end-to-end tests mostly wait for sockets, and a machine of two cores would otherwise run one.
  maxWorkers: Math.max(2, Math.floor(availableParallelism() / 2)),
  globalSetup: '<rootDir>/test/setup/demand-pinned-node.mjs',
  projects: [
    project('unit', ['{apps,libs,load,scripts}/**/*.spec.ts']),
    project('architecture', ['test/architecture/**/*.spec.ts'], patient),
    project('contract', ['test/contract/**/*.spec.ts'], patient),
    project('e2e', ['test/**/*.e2e-spec.ts'], patient),
    project('e2e-undici', sending, underUndici),
    project('examples', ['examples/**/*.{spec,e2e-spec}.ts'], patient),
  ],
};
