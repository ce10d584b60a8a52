import type { KnipConfig } from 'knip';

const config: KnipConfig = {
  // What people and package.json start by scripts/run.mjs, whose arguments nothing can follow.
  entry: [
    'bridge/cli.ts',
    'scripts/*.ts',
    'scripts/odoo/cli.ts',
    // Started as processes of their own, by their path.
    'scripts/bench/{bare-pipeline,bridge-server,intake-server,reconcile-run,stand-in}.ts',
    'test/store/hold-open.ts',
  ],
  project: ['bridge/**/*.ts', 'scripts/**/*.{ts,mjs}', 'test/**/*.ts'],
  // A type that an exported function speaks of may be exported though nobody imports it by name.
  ignoreExportsUsedInFile: { interface: true, type: true },
  ignoreDependencies: [
    // Started by path in scripts/run.mjs and scripts/check/tool.ts, not imported.
    '@biomejs/biome',
    '@typescript/native',
  ],
};

export default config;
