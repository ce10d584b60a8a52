import { expect, test, vi } from 'vitest';
import { findings, plant } from './planted.ts';

// Each test starts whole tools, which take long when the machine is busy.
vi.setConfig({ testTimeout: 90_000 });

const nothing = 'export const nothing = 0;\n';
const importing = (path: string) => `import '${path}';\n`;

/** Every file that something below imports, so that only the direction is wrong. */
const targets = {
  'package.json': JSON.stringify({
    type: 'module',
    dependencies: { kysely: '1.0.0', 'better-sqlite3': '1.0.0' },
    devDependencies: { vitest: '1.0.0' },
  }),
  'node_modules/kysely/index.js': nothing,
  'node_modules/kysely/package.json': '{"name":"kysely","type":"module","main":"index.js"}',
  'node_modules/better-sqlite3/index.js': nothing,
  'node_modules/better-sqlite3/package.json': '{"name":"better-sqlite3","type":"module","main":"index.js"}',
  'node_modules/vitest/index.js': nothing,
  'node_modules/vitest/package.json': '{"name":"vitest","type":"module","main":"index.js"}',
  ...Object.fromEntries(
    [
      'console/page',
      'commands/start',
      'intake/poll',
      'engine/deliver',
      'rules/load',
      'systems/system',
      'systems/odoo/event',
      'systems/odoo/client',
      'systems/hubspot/client',
      'store/event',
      'entities/project',
      'main',
      'secret',
      'settings',
    ].map((name) => [`bridge/${name}.ts`, nothing]),
  ),
  'scripts/progress.ts': nothing,
  'test/sandbox/server.ts': nothing,
};

/** [rule, file that breaks it, what the file imports] */
const violations: readonly (readonly [string, string, string])[] = [
  ['entities-imports-only-downwards', 'bridge/entities/wrong.ts', '../store/event.ts'],
  ['entities-imports-only-downwards', 'bridge/entities/wrong-type.ts', '../rules/load.ts'],
  ['store-imports-only-downwards', 'bridge/store/wrong.ts', '../systems/system.ts'],
  ['systems-imports-only-downwards', 'bridge/systems/wrong.ts', '../rules/load.ts'],
  ['rules-imports-only-downwards', 'bridge/rules/wrong.ts', '../engine/deliver.ts'],
  ['engine-imports-only-downwards', 'bridge/engine/wrong.ts', '../intake/poll.ts'],
  ['parts-do-not-know-the-whole', 'bridge/console/wrong.ts', '../main.ts'],
  ['parts-do-not-know-the-whole', 'bridge/intake/wrong-command.ts', '../commands/start.ts'],
  ['settings-are-handed-over', 'bridge/engine/wrong-settings.ts', '../settings.ts'],
  ['database-only-in-store', 'bridge/engine/wrong-database.ts', 'kysely'],
  ['database-only-in-store', 'bridge/wrong-database.ts', 'better-sqlite3'],
  ['vendor-words-stay-with-their-system', 'bridge/systems/odoo/wrong.ts', '../hubspot/client.ts'],
  ['systems-are-listed-in-one-place', 'bridge/systems/wrong-system.ts', './odoo/client.ts'],
  ['systems-are-listed-in-one-place', 'bridge/main-wrong.ts', './systems/hubspot/client.ts'],
  ['systems-are-listed-in-one-place', 'bridge/intake/wrong-system.ts', '../systems/odoo/client.ts'],
  ['product-stands-alone', 'bridge/wrong-script.ts', '../scripts/progress.ts'],
  ['product-stands-alone', 'bridge/wrong-test.ts', '../test/sandbox/server.ts'],
  ['product-uses-only-its-dependencies', 'bridge/wrong-package.ts', 'vitest'],
  ['no-missing-file', 'bridge/wrong-path.ts', './nowhere.ts'],
];

test('every import in the wrong direction is found, and nothing else', async () => {
  const root = plant({
    ...targets,
    ...Object.fromEntries(violations.map(([, path, imported]) => [path, importing(imported)])),
    'bridge/entities/wrong-type.ts':
      "import type { nothing } from '../rules/load.ts';\nexport type Same = typeof nothing;\n",
    'bridge/rules/one.ts': importing('./other.ts'),
    'bridge/rules/other.ts': importing('./one.ts'),
  });
  const text = await findings('import direction', root);
  const found = [...text.matchAll(/error ([\w-]+): (\S+)/g)].map(([, rule, path]) => `${rule} ${path}`);
  expect(found.sort()).toEqual(
    [...violations.map(([rule, path]) => `${rule} ${path}`), 'no-cycle bridge/rules/one.ts'].sort(),
  );
});

test('imports in the right direction are no finding', async () => {
  const root = plant({
    ...targets,
    'bridge/main.ts': [
      importing('./connectors.ts'),
      importing('./intake/odoo.ts'),
      importing('./settings.ts'),
    ].join(''),
    'bridge/connectors.ts': importing('./systems/odoo/client.ts'),
    'bridge/intake/odoo.ts': [importing('../systems/system.ts'), importing('../engine/deliver.ts')].join(''),
    'bridge/engine/deliver.ts': [importing('../rules/load.ts'), importing('../store/event.ts')].join(''),
    'bridge/rules/load.ts': [importing('../systems/system.ts'), importing('../entities/project.ts')].join(''),
    'bridge/systems/odoo/client.ts': [importing('../system.ts'), importing('../../secret.ts')].join(''),
    'bridge/store/event.ts': [importing('kysely'), importing('better-sqlite3')].join(''),
    'scripts/demo.ts': [importing('../test/sandbox/server.ts'), importing('../bridge/main.ts')].join(''),
  });
  expect(await findings('import direction', root)).toBe('');
});
