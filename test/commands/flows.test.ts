import { afterEach, expect, test, vi } from 'vitest';
import { exceptions } from '../../bridge/commands/exceptions.ts';
import { flow, flows } from '../../bridge/commands/flows.ts';
import { status } from '../../bridge/commands/status.ts';
import { createFirm, openProject, time } from '../flows/firm.ts';

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

/** What a command prints beside a running bridge. */
async function printed(
  path: string,
  command: () => Promise<number>,
): Promise<{ code: number; text: string }> {
  vi.stubEnv('DATABASE_PATH', path);
  // Rules that cannot be read are no reason to show nothing.
  vi.stubEnv('RULES_DIRECTORY', '/nowhere');
  const lines: string[] = [];
  vi.spyOn(console, 'log').mockImplementation((line: string) => lines.push(line));
  vi.spyOn(console, 'error').mockImplementation((line: string) => lines.push(line));
  const code = await command();
  return { code, text: lines.join('\n') };
}

async function stuckFirm() {
  const { world } = await createFirm();
  await openProject(world);
  await time(world, 'good');
  await world.calm();
  world.odoo.patch('project', 'p1', { status: 'closed' });
  await world.tell(world.odoo, 'project', 'p1');
  await time(world, 't1');
  await time(world, 't2');
  await world.calm();
  return world;
}

test('flows: how many run, are stuck and are done', async () => {
  const world = await stuckFirm();
  const { code, text } = await printed(world.path, () => flows({ json: false, stuck: false }));
  expect(code).toBe(1);
  expect(text.split('\n').map((line) => line.split(/ {2,}/))).toEqual([
    ['flow', 'running', 'stuck', 'late', 'done', 'oldest'],
    ['approved-time-to-bill', '3', '2', '0', '0', '0 s'],
    ['Done: in the last 30 days.'],
  ]);
});

test('flows --stuck: which ones, since when, why', async () => {
  const world = await stuckFirm();
  const { text } = await printed(world.path, () => flows({ json: false, stuck: true }));
  expect(text).toContain('approved-time-to-bill, step project-open: harvest:timesheet:t1, since 0 s');
  expect(text).toContain('project p1 of odoo: status is closed, active is needed.');
  expect(text).toMatch(/bridge flow \d+/);
});

test('flow: the steps of an object with their times, what they asked for, and who has to see to it', async () => {
  const world = await stuckFirm();
  const good = await printed(world.path, () => flow('harvest:timesheet:good', { json: false }));
  expect(good.code).toBe(0);
  expect(good.text).toMatch(/2026-01-05T08:\S+ {2}in-erp: done/);
  expect(good.text).toMatch(/make-draft-invoice with odoo:project:p1: done, 1 try, made odoo-\d+/);
  expect(good.text).toContain('billed: waits');
  // The same business object by its name in Odoo.
  const [line] = Object.keys(world.odoo.all('timesheet'));
  const other = await printed(world.path, () => flow(`odoo:timesheet:${line}`, { json: false }));
  expect(other.text).toBe(good.text);
  const stuck = await printed(world.path, () => flow('harvest:timesheet:t1', { json: false }));
  expect(stuck.text).toContain('project-open: stuck since 2026-01-05T08:');
  expect(stuck.text).toContain('delivery, lead@example.com: The project is not open for time.');
  const none = await printed(world.path, () => flow('odoo:customer:1', { json: false }));
  expect(none.code).toBe(1);
  expect(none.text).toContain('No flow is about "odoo:customer:1"');
});

test('exceptions: one for each root cause, also in the status', async () => {
  const world = await stuckFirm();
  const all = await printed(world.path, () => exceptions({ json: false }));
  expect(all.code).toBe(1);
  expect(all.text).toBe(
    [
      'delivery, lead@example.com: The project is not open for time.',
      '  project "Project p1" (p1 of odoo), since 0 s, 2 hang on it (approved-time-to-bill, step project-open)',
      '  Cause: project p1 of odoo: status is closed, active is needed.',
      '  What to do: Put right: The project is not open for time.',
      '  bridge trace odoo:project:p1',
    ].join('\n'),
  );
  const none = await printed(world.path, () => exceptions({ json: false, owner: 'finance' }));
  expect(none).toEqual({
    code: 0,
    text: [
      'Nothing of the owner "finance" needs a person. There is something of:',
      '  owners: delivery',
      '  flows: approved-time-to-bill',
    ].join('\n'),
  });
  const json = await printed(world.path, () => exceptions({ json: true, flow: 'approved-time-to-bill' }));
  expect(JSON.parse(json.text)).toMatchObject([{ instances: 2, object: { id: 'p1' }, name: 'Project p1' }]);
  const summary = await printed(world.path, () => status({ json: false }));
  expect(summary.code).toBe(1);
  expect(summary.text).toContain('Needs a person\n  delivery, lead@example.com: The project is not open');
});
