import { setTimeout as later } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { checkRules } from '../../bridge/connectors.ts';
import type { State } from '../../bridge/entities/field.ts';
import type { Reconciler } from '../../bridge/reconcile/reconciler.ts';
import type { RuleSet } from '../../bridge/rules/rule.ts';
import type { Store } from '../../bridge/store/store.ts';
import { MemorySystem } from '../engine/memory-system.ts';
import { stateOf } from '../sandbox/harvest/invoice.ts';
import { type RunningHarvest, startHarvest } from '../systems/harvest/start.ts';
import { words } from './desk.ts';
import { type LiveReconciler, startReconciler } from './live.ts';

// The shipped rules of invoices, and Harvest over HTTP: both sides say the same of an invoice, however it stands.

const shipped = checkRules('sync-rules');

const rules: RuleSet = {
  ...shipped,
  systems: shipped.systems.filter(({ role }) => role !== 'crm'),
  // No flow asks for them here.
  rules: shipped.rules
    .filter(({ id }) => id === 'invoice-to-psa' || id === 'customer-to-psa')
    .map((rule) => (rule.entity === 'invoice' ? { ...rule, create: 'always' as const } : rule)),
  flows: [],
  subscribers: [],
  reconciliations: [
    {
      id: 'invoices',
      entity: 'invoice',
      between: ['erp', 'psa'],
      reach: { kind: 'months', count: 2 },
      differences: 'repair',
      strangers: 'ignore',
      owner: 'finance',
      totals: ['total', 'open'],
      by: ['customer', 'period'],
    },
  ],
};

let harvest: RunningHarvest;
let odoo: MemorySystem;
let store: Store;
let reconciler: Reconciler;
let live: LiveReconciler;

beforeEach(async () => {
  harvest = await startHarvest({ listPage: 100 });
  odoo = new MemorySystem({ name: 'odoo', entities: { invoice: {}, customer: {} } });
  odoo.put('customer', 'c1', { name: 'Aurora Energy AG' });
  live = await startReconciler(rules, [odoo, harvest.connector]);
  ({ store, reconciler } = live);
});

afterEach(async () => {
  await live.close();
  await harvest.close();
});

const march = { from: '2026-03-01', to: '2026-03-31' };

async function reconcile() {
  const asked = await reconciler.start({ declaration: 'invoices', by: 'test', ...march });
  if (!asked.ok) throw new Error(asked.message);
  const { id } = asked.run;
  await reconciler.ended(id);
  // Everything that it led to has left.
  while ((await store.queues()).some(({ state }) => state !== 'dead')) await later(20);
  expect(await store.queues()).toEqual([]);
  return { findings: await store.findings(id, 0, 1000), totals: await store.totals(id) };
}

const invoice = (number: string, more: State = {}): State => ({
  number,
  kind: 'invoice',
  status: 'posted',
  payment: 'not_paid',
  disputed: false,
  customer: 'c1',
  untaxed: '1000.00',
  tax: '81.00',
  total: '1081.00',
  open: '1081.00',
  currency: 'CHF',
  issued_on: '2026-03-02',
  due_on: '2026-04-01',
  ...more,
});

test('an invoice is the same on both sides however it stands, and what people change in Harvest is put right', {
  timeout: 60_000,
}, async () => {
  odoo.put('invoice', '1', invoice('INV/1'));
  odoo.put('invoice', '2', invoice('INV/2', { payment: 'partial', open: '581.05' }));
  odoo.put('invoice', '3', invoice('INV/3', { payment: 'in_payment', open: '0.00' }));
  odoo.put('invoice', '4', invoice('INV/4', { payment: 'reversed', open: '0.00' }));
  odoo.put('invoice', '5', invoice('INV/5', { payment: 'blocked', disputed: true }));
  odoo.put('invoice', '6', invoice('INV/6', { status: 'draft', number: null }));
  odoo.put('invoice', '7', invoice('RINV/1', { kind: 'credit_note', payment: 'paid', open: '0.00' }));
  await reconcile();
  const { invoices } = harvest.sandbox.state;
  const standing = () => [...invoices.values()].map((each) => `${each.number} ${stateOf(each)}`).sort();
  expect(standing()).toEqual(['INV/1 open', 'INV/2 open', 'INV/3 paid', 'INV/4 closed', 'INV/5 open']);

  const agreed = await reconcile();
  expect(agreed.findings).toEqual([]);
  for (const { here, there } of agreed.totals) expect(there).toEqual(here);

  // Nothing tells of what people do in Harvest.
  const [first, second] = [...invoices.values()].sort((left, right) =>
    left.number.localeCompare(right.number),
  );
  second?.payments.clear();
  invoices.delete(first?.id ?? 0);
  odoo.patch('invoice', '5', { status: 'cancelled' });
  const found = await reconcile();
  expect(found.findings.map(words).sort()).toEqual([
    `different odoo 2 ${second?.id} open payment`,
    `missing-there odoo 1 ${first?.id}`,
    'stale odoo 5 - status',
  ]);
  expect((await reconcile()).findings).toEqual([]);
  expect(standing()).toEqual(['INV/1 open', 'INV/2 open', 'INV/3 paid', 'INV/4 closed']);
});
