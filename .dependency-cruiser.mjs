// Who may import whom. The order of the folders is the way of a change, see docs/architecture.md; a folder imports
// only from its own line or from lines below it.
const layers = [
  ['console', 'controls', 'flows', 'intake', 'observe', 'reconcile'],
  ['engine'],
  ['rules'],
  ['systems'],
  ['store'],
  ['matching'],
  ['entities'],
];

const within = (folders) => `^bridge/(${folders.join('|')})/`;

/** One rule per line of `layers`: nothing from the lines above it. */
const downwards = layers.slice(1).map((folders, index) => ({
  name: `${folders.join('-')}-imports-only-downwards`,
  comment:
    'Imports go with the way of a change: move what both need further down, or hand it over as an argument.',
  severity: 'error',
  from: { path: within(folders) },
  to: { path: within(layers.slice(0, index + 1).flat()) },
}));

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    ...downwards,
    {
      name: 'no-cycle',
      comment: 'Two files that need each other are one thing, or need a third.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'parts-do-not-know-the-whole',
      comment:
        'The files beside the folders put the parts together; a part gets what it needs as an argument.',
      severity: 'error',
      from: { path: within(layers.flat()) },
      to: {
        path: ['^bridge/[^/]+[.]ts$', '^bridge/commands/'],
        pathNot: '^bridge/(secret|settings|setting-kinds)[.]ts$',
      },
    },
    {
      name: 'settings-are-handed-over',
      comment: 'From the engine down, everything is configured by arguments, never by the environment.',
      severity: 'error',
      from: { path: within(layers.slice(1).flat()) },
      to: { path: '^bridge/(settings|setting-kinds)[.]ts$' },
    },
    {
      name: 'database-only-in-store',
      comment: 'A store on another database will stand beside this one: ask the store for what is missing.',
      severity: 'error',
      from: { path: '^bridge/', pathNot: '^bridge/store/' },
      to: { path: '(^|/)node_modules/(@types/)?(better-sqlite3|kysely)/' },
    },
    {
      name: 'vendor-words-stay-with-their-system',
      comment:
        'What all systems have in common belongs to bridge/systems; the rest stays in the system’s own folder.',
      severity: 'error',
      from: { path: '^bridge/systems/([^/]+)/' },
      to: { path: '^bridge/systems/[^/]+/', pathNot: '^bridge/systems/$1/' },
    },
    {
      name: 'systems-are-listed-in-one-place',
      comment: 'Only connectors.ts knows which systems there are; everybody else works with a Connector.',
      severity: 'error',
      from: {
        path: '^bridge/',
        pathNot: ['^bridge/systems/[^/]+/', '^bridge/connectors[.]ts$'],
      },
      to: { path: '^bridge/systems/[^/]+/' },
    },
    {
      name: 'product-stands-alone',
      comment: 'What runs at a customer’s has no tests and no scripts beside it.',
      severity: 'error',
      from: { path: '^bridge/' },
      to: { path: '^(test|scripts)/' },
    },
    {
      name: 'product-uses-only-its-dependencies',
      comment:
        'Development dependencies are not installed where the product runs: move it to "dependencies".',
      severity: 'error',
      from: { path: '^bridge/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'no-missing-file',
      comment: 'The import leads nowhere: a mistake in its path, or a package that is not installed.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    // Imports of types count too: knowing each other's words is what the rules are about.
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'node', 'default'],
    },
  },
};
