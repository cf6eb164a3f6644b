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
 * What asks upstreams, once more over the client that is not the default. Left out: what never asks one, what is about
 * one of the clients alone, and what starts whole programs or browsers to look at something else.
 */
const overUndici = project('e2e-undici', ['test/{e2e,security}/**/*.e2e-spec.ts'], {
  ...patient,
  setupFiles: [...shared.setupFiles, '<rootDir>/test/setup/undici-client.mjs'],
  testPathIgnorePatterns: [...shared.testPathIgnorePatterns, 'TODO'],
});

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
    overUndici,
    project('examples', ['examples/**/*.{spec,e2e-spec}.ts'], patient),
  ],
};
