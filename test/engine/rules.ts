import type { Rule } from '../../bridge/rules/rule.ts';

const base = {
  when: {},
  otherwise: 'keep',
  mappings: {},
  deleted: 'keep',
  propose: false,
  timing: { kind: 'real-time' },
  shadow: false,
  overrides: [],
  match: [],
  create: 'always',
  lane: 'operations',
} as const satisfies Partial<Rule>;

export const customerToCrm: Rule = {
  ...base,
  id: 'customer-to-crm',
  entity: 'customer',
  from: 'erp',
  to: 'crm',
  fields: ['name', 'vat', 'email'],
};

export const customerToPsa: Rule = {
  ...base,
  id: 'customer-to-psa',
  entity: 'customer',
  from: 'erp',
  to: 'psa',
  fields: ['name'],
  match: ['name'],
  create: 'needed',
};

export const projectToPsa: Rule = {
  ...base,
  id: 'project-to-psa',
  entity: 'project',
  from: 'erp',
  to: 'psa',
  fields: ['name', 'customer', 'status'],
  when: { billable: true },
};

export const workerToErp: Rule = {
  ...base,
  id: 'worker-to-erp',
  entity: 'worker',
  from: 'psa',
  to: 'erp',
  fields: [],
  match: ['email'],
  create: 'never',
};

const timesheetToErp: Rule = {
  ...base,
  id: 'timesheet-to-erp',
  entity: 'timesheet',
  from: 'psa',
  to: 'erp',
  fields: ['worker', 'project', 'day', 'hours', 'notes'],
  when: { approval: 'approved' },
  otherwise: 'remove',
  deleted: 'remove',
  lane: 'finance',
};

/** Rules of every kind, close to those that are shipped. */
export const shippedLikeRules: readonly Rule[] = [
  customerToCrm,
  customerToPsa,
  projectToPsa,
  workerToErp,
  timesheetToErp,
];
