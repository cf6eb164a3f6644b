// Who may import whom; each rule says why. test/architecture proves that each of them bites.

const gateway = '^apps/gateway/src';
/** The rooms of the data plane. They meet only in the pipeline. */
const rooms = '(edge|routing|admission|caching|resilience|upstream|response)';
/** What puts the application together, and so sees all of it. */
const composition = `${gateway}/((app[.]module|gateway|main|cli|index|config-checks)[.]ts$|cli/)`;
/** What everybody may know of the other workers: tokens and types, no code behind them. */
const seam = `${gateway}/workers/(shared-memory|whole-process|leadership)[.]ts$`;
const specs = '[.](e2e-)?spec[.]ts$';

/** Names that say nothing of what is inside. (Tests have test/helpers: there the subject is the test.) */
const catchAll = {
  path: '(^|/)(utils|util|common|helpers|helper|misc|shared)(/|[.]ts$)',
  pathNot: ['^(test|load)/', '(^|/)node_modules/'],
};

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    {
      name: 'room-imports-only-contract',
      comment:
        'A room imports config types, the stage contract, problems, libs and the seam between workers: never another ' +
        'room, nor the pipeline.',
      severity: 'error',
      from: { path: `${gateway}/${rooms}/` },
      to: {
        path: '^(apps|examples|load)/',
        pathNot: [`${gateway}/$1/`, `${gateway}/(config|problems|pipeline/contract)/`, seam],
      },
    },
    {
      name: 'contract-imports-only-types-below-it',
      comment: 'The stage contract is public: it may not drag the pipeline or a room into the app of whoever uses it.',
      severity: 'error',
      from: { path: `${gateway}/pipeline/contract/` },
      to: { path: '^(apps|libs)/', pathNot: `${gateway}/(config|problems|pipeline/contract)/` },
    },
    {
      name: 'only-pipeline-sees-rooms',
      comment:
        'Only the pipeline and the files that compose the application put rooms together; control looks at them, and ' +
        'the simulator runs their policies.',
      severity: 'error',
      from: {
        path: '^(apps|libs)/',
        pathNot: [`${gateway}/(pipeline|control|telemetry|simulate|${rooms.slice(1, -1)})/`, composition, specs],
      },
      to: { path: `${gateway}/${rooms}/` },
    },
    {
      name: 'telemetry-hears-events',
      comment: 'Of a room, telemetry knows the events that it emits and nothing else.',
      severity: 'error',
      from: { path: `${gateway}/telemetry/`, pathNot: specs },
      to: { path: `${gateway}/${rooms}/`, pathNot: `${gateway}/${rooms}/[\\w.-]*events[.]ts$` },
    },
    {
      name: 'config-and-problems-stand-alone',
      comment: 'Everything imports them, so they import nothing of the gateway but each other.',
      severity: 'error',
      from: { path: `${gateway}/(config|problems)/` },
      to: { path: '^(apps|libs)/', pathNot: `${gateway}/(config|problems)/` },
    },
    {
      name: 'nothing-imports-control',
      comment: 'The control plane looks at the gateway; only the files that compose the application know of it.',
      severity: 'error',
      from: { pathNot: [`${gateway}/control/`, composition] },
      to: { path: `${gateway}/control/` },
    },
    {
      name: 'only-telemetry-observes',
      comment: 'Rooms emit events and know no metrics: only telemetry joins the events to libs/observability.',
      severity: 'error',
      from: { path: '^apps/gateway/', pathNot: `${gateway}/telemetry/` },
      to: { path: ['^libs/observability/', '(^|node_modules/)(prom-client|@opentelemetry)(/|$)'] },
    },
    {
      name: 'only-upstream-knows-its-client',
      comment: 'The HTTP client sits behind one narrow interface, so that another can take its place.',
      severity: 'error',
      from: { path: '^(apps/gateway|libs)/', pathNot: [`${gateway}/upstream/client/`, specs] },
      to: { path: '(^|node_modules/)undici/' },
    },
    {
      name: 'lib-core-is-plain',
      comment: 'The core of a library runs without Nest, without an app and without the other libraries.',
      severity: 'error',
      from: { path: '^libs/([^/]+)/src/core/', pathNot: specs },
      to: {
        path: ['^(apps|libs|examples|load|test)/', '(^|node_modules/)(@nestjs|@app)/'],
        pathNot: '^libs/$1/src/core/',
      },
    },
    {
      name: 'lib-nest-faces-own-core',
      comment: "The Nest face of a library stands on that library's core, and on no other's.",
      severity: 'error',
      from: { path: '^libs/([^/]+)/src/(nest/|index[.]ts$)', pathNot: specs },
      to: { path: '^(apps|libs|examples|load|test)/', pathNot: '^libs/$1/src/' },
    },
    {
      name: 'apps-enter-libs-by-their-index',
      comment: 'What a library offers is what its index.ts exports.',
      severity: 'error',
      from: { path: '^(apps|examples)/', pathNot: specs },
      to: { path: '^libs/', pathNot: '^libs/[^/]+/src/index[.]ts$' },
    },
    {
      name: 'examples-use-the-public-face',
      comment: "An example is somebody else's app: it sees of the gateway what that app would see.",
      severity: 'error',
      from: { path: '^examples/', pathNot: specs },
      to: { path: '^apps/', pathNot: `${gateway}/index[.]ts$` },
    },
    {
      name: 'libraries-need-no-gateway',
      comment: 'The example of an app without the gateway, whose tests are to run without it as well.',
      severity: 'error',
      from: { path: '^examples/library-only/' },
      to: { path: '^apps/' },
    },
    {
      name: 'demo-services-stand-alone',
      comment: 'They are backends: they know nothing of the gateway before them.',
      severity: 'error',
      from: { path: '^apps/demo-services/' },
      to: { path: '^(apps/gateway|libs)/' },
    },
    {
      name: 'no-test-in-production',
      comment: 'Code that ships imports neither tests nor what only tests are given.',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: specs },
      to: { path: ['^test/', specs] },
    },
    {
      name: 'no-dev-dependency-in-production',
      comment: 'What ships must be installed where it runs.',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: specs },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'no-utils',
      comment: 'A folder or file names its subject: hop-by-hop-headers.ts, not utils.ts.',
      severity: 'error',
      from: {},
      to: catchAll,
    },
    {
      name: 'no-utils-unimported',
      comment: 'As no-utils, for a file that nothing imports.',
      severity: 'error',
      from: catchAll,
      to: {},
    },
    {
      name: 'no-circular',
      comment: 'Two modules that need each other when they load are one concept cut in the wrong place. Types may.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'not-to-unresolvable',
      comment: 'An import that leads nowhere would also slip past every rule above.',
      severity: 'error',
      from: {},
      // k6 brings its modules itself.
      to: { couldNotResolve: true, pathNot: '^k6(/|$)' },
    },
  ],
  options: {
    doNotFollow: { path: '(^|/)(node_modules|dist)/' },
    exclude: { path: '(^|/)dist/' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'types', 'default'] },
  },
};
