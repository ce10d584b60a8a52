import { expect, test } from 'vitest';
import { processFindings } from '../../../bridge/systems/odoo/check-processes.ts';

const models = [
  'account.analytic.line',
  'account.move',
  'account.payment',
  'crm.lead',
  'hr.employee',
  'hr.expense',
  'project.milestone',
  'project.project',
  'project.sale.line.employee.map',
  'project.task',
  'res.partner',
  'sale.order',
];

const described = {
  protocol: 1,
  addon: '19.0.1.0.0',
  odoo: '19.0',
  database: 'b4f1c1de-9c41-4b32-9a55-0d5f5a6f8a01',
  neutralized: false,
  user: { id: 9, login: 'bridge' },
  enabled: true,
  watched: Object.fromEntries(models.map((model) => [model, ['name']])),
  writable: {
    'account.analytic.line': ['name'],
    'crm.lead': ['name'],
    'hr.expense': ['name'],
    'res.partner': ['name'],
  },
  missing_rights: [],
  calls: { make_quotation: true, make_draft_invoices: true, submit_expenses: true, worker_dates: true },
};

test('nothing is missing', () => {
  expect(processFindings(described)).toMatchObject([{ level: 'ok' }]);
});

test.each([
  [
    'a call',
    { calls: { ...described.calls, make_quotation: false } },
    'may not call make_quotation',
    'Orders and Draft',
  ],
  [
    'a call that the addon does not know',
    { calls: { ...described.calls, worker_dates: undefined } },
    'worker_dates',
    'service user',
  ],
  [
    'events',
    { watched: { ...described.watched, 'hr.expense': [] } },
    'hr.expense (expense)',
    'Watched Models',
  ],
  [
    'events of two entities',
    { watched: { ...described.watched, 'sale.order': [] } },
    '(quote and contract)',
    'Watched',
  ],
  [
    'writing',
    { writable: { ...described.writable, 'crm.lead': [] } },
    'crm.lead (opportunity)',
    'Writable Models',
  ],
  ['all calls, in an old addon', { calls: undefined }, 'makes no quotations', 'Upgrade the addon'],
])('says what is missing: %s', (_what, change, message, remedy) => {
  expect(processFindings({ ...described, ...change } as typeof described)).toEqual([
    { level: 'warning', message: expect.stringContaining(message), remedy: expect.stringContaining(remedy) },
  ]);
});

test('an old addon that does not tell what may be written is not blamed for it', () => {
  const { writable: _, ...older } = described;
  expect(processFindings(older)).toMatchObject([{ level: 'ok' }]);
});
