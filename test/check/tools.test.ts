import { expect, test, vi } from 'vitest';
import { findings, plant } from './planted.ts';

// Each test starts whole tools, which take long when the machine is busy.
vi.setConfig({ testTimeout: 90_000 });

const manifest = (dependencies: object = {}) =>
  JSON.stringify({ name: 'planted', type: 'module', dependencies });
const exporting = 'export const answer = 42;\n';
const printing = "import { answer } from './answer.ts';\n\nconsole.log(answer);\n";

test('a wrong type is found', async () => {
  const wrong = "export const count: number = 'one';\n";
  expect(await findings('types (tsc)', plant({ 'bridge/count.ts': wrong }))).toContain(
    'bridge/count.ts(1,14): error TS2322',
  );
  const right = 'export const count: number = 1;\n';
  expect(await findings('types (tsc)', plant({ 'bridge/count.ts': right }))).toBe('');
});

test('an entry of a list that may be absent is found', async () => {
  const source = 'export const first = (names: string[]): string => names[0];\n';
  expect(await findings('types (tsc)', plant({ 'bridge/first.ts': source }))).toContain('TS2322');
});

test('bad form and bad habits are found', async () => {
  const root = plant({
    'bridge/form.ts': 'export const text = "double"\n',
    'bridge/any.ts': 'export const anything: any = 1;\n',
    'bridge/warning.ts': 'export const same = (text: string) => `text` + text;\n',
    'bridge/extension.ts': "import { same } from './warning.js';\n\nexport const other = same;\n",
  });
  const text = await findings('lint and format (biome)', root);
  expect(text).toContain('bridge/form.ts format');
  expect(text).toMatch(/bridge\/any\.ts:\S+ lint\/suspicious\/noExplicitAny/);
  expect(text).toMatch(/bridge\/warning\.ts:\S+ lint/);
  expect(text).toMatch(/bridge\/extension\.ts:\S+ lint\/correctness\/useImportExtensions/);
});

test('dead code and dependencies that nobody uses are found', async () => {
  const root = plant({
    'package.json': manifest({ uuid: '14.0.3', yaml: '2.9.1' }),
    'bridge/answer.ts': `import { v7 } from 'uuid';\n\nexport const id = v7();\n${exporting}`,
    'bridge/forgotten.ts': exporting,
    'scripts/print.ts': printing.replace('./answer.ts', '../bridge/answer.ts'),
  });
  const text = await findings('dead code (knip)', root);
  expect(text).toContain('bridge/forgotten.ts');
  expect(text).toMatch(/^id\s+bridge\/answer\.ts/m);
  expect(text).toMatch(/^yaml\s+package\.json/m);
  expect(text).not.toMatch(/^(uuid|answer)\s/m);
});

test('a package that is used but not declared is found', async () => {
  const root = plant({
    'package.json': manifest(),
    'scripts/print.ts': "import { v7 } from 'uuid';\n\nconsole.log(v7());\n",
  });
  expect(await findings('dead code (knip)', root)).toMatch(/^uuid\s+scripts\/print\.ts/m);
});

test('SQL outside the store is found, sentences are not', async () => {
  const root = plant({
    'bridge/store/event.ts': "export const sql = 'select id from event where system = ?';\n",
    'bridge/engine/wrong.ts':
      'export const read = (name: string) =>\n  `SELECT *\n FROM $' + '{name} WHERE id = 1`;\n',
    'bridge/engine/write.ts': "export const sql = 'insert into event (id) values (?)';\n",
    'bridge/engine/words.ts': [
      '// select what is due from the queue',
      "export const message = 'Update your settings, or delete them; select another user.';",
      '',
    ].join('\n'),
  });
  const lines = (await findings('sql in store only', root)).split('\n');
  expect(lines.map((line) => line.split(': ')[0])).toEqual([
    'bridge/engine/write.ts:1',
    'bridge/engine/wrong.ts:2',
  ]);
});
