import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { simulate } from '../../bridge/commands/simulate.ts';
import { createTerrain } from '../../bridge/engine/landscape.ts';
import { createRoute } from '../../bridge/engine/route.ts';
import { runProgram } from '../../bridge/program.ts';
import { openStore } from '../../bridge/store/store.ts';
import { type Files, load } from '../rules/folder.ts';
import { reading, settled } from '../store/samples.ts';
import { temporaryPath } from '../store/temporary.ts';

const systems = `systems:
  odoo: {connector: odoo, role: erp}
  harvest: {connector: harvest, role: psa}
`;
const rulesOf = (project: string): Files => ({
  'systems.yaml': systems,
  'customer.yaml':
    'entity: customer\nrules:\n  - {id: customers, from: erp, to: psa, fields: [name], match: [name]}\n',
  'project.yaml': `entity: project\nrules:\n  - ${project}\n`,
});
const present = rulesOf('{id: projects, from: erp, to: psa, fields: [name, code], when: {billable: true}}');
const changed = rulesOf('{id: projects, from: erp, to: psa, fields: [name, customer], lane: finance}');

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  process.exitCode = undefined;
});

/** A folder of rules beside the database. */
function folder(path: string, name: string, files: Files): string {
  const directory = join(dirname(path), name);
  mkdirSync(directory);
  for (const [file, content] of Object.entries(files)) writeFileSync(join(directory, file), content);
  return directory;
}

/** A store in which a customer and three of its projects were seen, and the environment of its bridge. */
async function bridge(): Promise<{ path: string; changedRules: string }> {
  const path = temporaryPath();
  const rules = load(present);
  const store = await openStore(path);
  const route = createRoute(createTerrain(rules));
  const see = (id: string, entity: 'customer' | 'project', state: Record<string, string | boolean>) =>
    store.apply({ readings: [reading(id, state, { entity })], finished: [], failed: [], route });
  await see('7', 'customer', { name: 'Acme' });
  const claimed = await store.claim('harvest', [10, 10, 10], 60_000);
  await store.settle(
    claimed.map((delivery) => ({ ...settled(delivery), outcome: 'created' as const, externalId: '991' })),
  );
  await see('1', 'project', { name: 'Audit', code: 'A', customer: '7', billable: true });
  await see('2', 'project', { name: 'Party', code: 'B', customer: '8', billable: false });
  await see('3', 'project', { name: 'Plan', code: 'C', customer: '7', billable: true });
  await store.close();
  vi.stubEnv('DATABASE_PATH', path);
  vi.stubEnv('RULES_DIRECTORY', folder(path, 'present', present));
  for (const [name, value] of Object.entries({
    ODOO_URL: 'http://127.0.0.1:9',
    ODOO_DATABASE: 'firm',
    ODOO_LOGIN: 'bridge',
    ODOO_API_KEY: 'key',
    HARVEST_URL: 'http://127.0.0.1:9',
    HARVEST_TOKEN: 'token',
    HARVEST_ACCOUNT_ID: '1',
    HARVEST_START: '2026-01-01',
    WEBHOOK_SECRETS: `whsec_${Buffer.alloc(32, 7).toString('base64')}`,
  }))
    vi.stubEnv(name, value);
  return { path, changedRules: folder(path, 'changed', changed) };
}

/** What a command prints, and what it answers. */
async function printed(command: () => Promise<unknown>): Promise<{ text: string; answer: unknown }> {
  const lines: string[] = [];
  vi.spyOn(console, 'log').mockImplementation((line: string) => lines.push(line));
  const answer = await command();
  return { text: lines.join('\n'), answer };
}

test('prints what was looked at, and each object with what would be written differently', async () => {
  const { changedRules } = await bridge();
  const { text, answer } = await printed(() =>
    simulate({ since: '1d', rules: changedRules, json: false, limit: '2' }),
  );
  expect(answer).toBe(0);
  expect(text).toContain('4 changes of 4 objects since ');
  expect(text).toMatch(/^ {2}deliveries +3 +4$/m);
  expect(text).toMatch(/^ {4}projects +2 +3 +3 objects different$/m);
  expect(text).toMatch(/^ {4}customers +1 +1$/m);
  expect(text).toContain('3 objects would be written differently:');
  expect(text).toMatch(/^odoo:project:1 → harvest, 1 change, the last of /m);
  expect(text).toContain(`  - code, now "A"
  + customer = odoo:customer:7 (991 there)
  lane: operations → finance
`);
  expect(text).toContain(`  would be created
  + customer = odoo:customer:8 (not linked)
  + name = "Party"
`);
  expect(text).toContain('… and 1 more object: --limit shows them.');
  expect(text).not.toContain('odoo:project:3');
});

test('prints the same as JSON', async () => {
  const { changedRules } = await bridge();
  const { text } = await printed(() =>
    simulate({ since: '1d', rules: changedRules, json: true, limit: '50' }),
  );
  expect(JSON.parse(text)).toMatchObject({
    changes: 4,
    deliveries: { present: 3, changed: 4 },
    different: 3,
    omitted: 0,
    differences: [
      {
        target: 'harvest',
        object: { system: 'odoo', entity: 'project', id: '1' },
        lane: { present: 'operations', changed: 'finance' },
        fields: [
          { field: 'code', present: 'A' },
          { field: 'customer', changed: '7', links: { 7: '991' } },
        ],
      },
      { object: { id: '2' }, fields: [{ links: { 8: null } }, {}] },
      { object: { id: '3' } },
    ],
  });
});

test('a period without changes is no failure', async () => {
  const { changedRules } = await bridge();
  const { text, answer } = await printed(() =>
    simulate({ since: '0m', rules: changedRules, json: false, limit: '50' }),
  );
  expect(answer).toBe(0);
  expect(text).toContain('0 changes of 0 objects since ');
  expect(text).toContain('Nothing would be written differently.');
});

test('rules that do not load are refused with the place of each problem', async () => {
  const { path } = await bridge();
  const broken = folder(path, 'broken', rulesOf('{id: projects, from: erp, to: psa, fields: [nmae]}'));
  const errors: string[] = [];
  vi.spyOn(console, 'error').mockImplementation((line: string) => errors.push(line));
  await runProgram(['node', 'bridge', 'simulate', '--since', '7d', '--rules', broken]);
  expect(process.exitCode).toBe(1);
  expect(errors.join('\n')).toContain(`${join(broken, 'project.yaml')}:3:`);
  expect(errors.join('\n')).toContain('did you mean "name"?');
});

test.each([
  [{ since: 'soon' }, '"soon" is no period'],
  [{ limit: 'all' }, '--limit is a whole number, not "all"'],
])('%o is refused', async (wrong, message) => {
  const { changedRules } = await bridge();
  const options = { since: '1d', rules: changedRules, json: false, limit: '50', ...wrong };
  await expect(simulate(options)).rejects.toThrow(message);
});
