import { expect, test } from 'vitest';
import { createShippedFirm } from './shipped-firm.ts';

const hour = 60 * 60_000;
const day = 24 * hour;

test('a milestone without a day is never overdue, and one that gets a day is after it', async () => {
  const { world, open, put } = await createShippedFirm('milestone-to-bill');
  const milestone = { name: 'Go-live', project: 'p', status: 'open', billable: true, due_on: null };
  await put('odoo', 'milestone', 'm', milestone);
  await world.pass(30 * day);
  expect(open()).toEqual([]);
  await put('odoo', 'milestone', 'm', { ...milestone, due_on: '2026-02-10' });
  await world.pass(12 * day);
  expect(open()).toMatchObject([{ key: 'milestone-to-bill/reached/odoo:milestone:m' }]);
  await put('odoo', 'milestone', 'm', milestone);
  expect(open()).toEqual([]);
});

test('somebody who has left has no account any more where that was deleted', async () => {
  const { world, instances, open, put, remove } = await createShippedFirm('worker-leaves');
  const account = { name: 'Al', email: 'al@example.com', active: true };
  await put('odoo', 'worker', 'w', account);
  await put('harvest', 'worker', 'hw', account);
  const links = { id: 'links', target: 'odoo', source: 'harvest', entity: 'worker', sourceId: 'hw' } as const;
  await world.store.enqueue([{ ...links, lane: 0, rulesVersion: 'test', correlation: 'links' }]);
  world.engine.wakeDeliveries(['odoo']);
  await world.pass(60_000);
  world.harvest.fault = ({ method }) =>
    method === 'write' ? { kind: 'items', errors: { 'odoo:worker:w': 'invalid' } } : undefined;
  await put('odoo', 'worker', 'w', { ...account, active: false });
  await world.pass(2 * hour);
  expect(open()).toMatchObject([{ key: 'worker-leaves/account-closed/harvest:worker:hw' }]);
  await remove('harvest', 'worker', 'hw');
  expect(open()).toEqual([]);
  expect(instances('worker-leaves')).toMatchObject([{ state: 'done' }]);
});

test('a won deal becomes a project although one of its tasks is not billable and stays in the erp', async () => {
  const { world, instances, open, put } = await createShippedFirm('lead-to-project');
  await put('hubspot', 'customer', 'c', { name: 'Aurora', vat: 'CH1', is_company: true });
  const deal = {
    name: 'Deal',
    status: 'won',
    customer: 'c',
    amount: '100',
    currency: 'CHF',
    service_line: 's',
    billing_method: 'time_and_materials',
  };
  await put('hubspot', 'opportunity', 'd', deal);
  await world.pass(hour / 6);
  const [sale] = Object.keys(world.odoo.all('opportunity')) as [string];
  await put('odoo', 'task', 'internal', {
    project: 'p',
    name: 'Kick-off',
    billable: false,
    status: 'open',
  });
  await put('odoo', 'task', 'work', { project: 'p', name: 'Work', billable: true, status: 'open' });
  await put('odoo', 'contract', 'so', {
    opportunity: sale,
    status: 'active',
    billing_method: deal.billing_method,
  });
  const project = { contract: 'so', name: 'P', code: null, customer: null, budget: null, status: 'active' };
  await put('odoo', 'project', 'p', { ...project, billable: false });
  await put('odoo', 'quote', 'q', { opportunity: sale, status: 'accepted' });
  await world.pass(hour / 6);
  // Nobody could book time on it.
  expect(instances()[0]?.steps.at(-1)).toBe('project waiting');
  await put('odoo', 'project', 'p', { ...project, billable: true });
  await put('hubspot', 'opportunity', 'd', { ...deal, project: 'P' });
  await world.pass(2 * hour);
  expect(open()).toEqual([]);
  expect(instances()).toMatchObject([{ state: 'done' }]);
  expect(world.harvest.states('task')).toMatchObject([{ name: 'Work' }]);
});
