import type { Flow, FlowStep } from '../../bridge/rules/flow.ts';
import type { Rule } from '../../bridge/rules/rule.ts';
import { shippedLikeRules } from '../engine/rules.ts';

/** Rules as in the other tests, but approved time goes to Odoo only when a flow asks for it. */
export const flowRules: readonly Rule[] = shippedLikeRules.map((rule) =>
  rule.entity === 'timesheet' ? { ...rule, create: 'needed' } : rule,
);

const words = (owner: string, says: string) => ({ owner, says, remedy: `Put right: ${says}` });

const hour = 60 * 60_000;

type Step<Kind extends FlowStep['kind']> = Extract<FlowStep, { kind: Kind }>;

export const projectOpen: Step<'require'> = {
  kind: 'require',
  id: 'project-open',
  on: 'project',
  condition: { when: { status: 'active' } },
  quantity: 'all',
  ...words('delivery', 'The project is not open for time.'),
  person: { object: 'project', field: 'manager_email' },
};

export const inErp: Step<'deliver'> = {
  kind: 'deliver',
  id: 'in-erp',
  on: 'subject',
  to: 'erp',
  within: hour,
  ...words('finance', 'The time did not arrive in Odoo.'),
};

export const draft: Step<'call'> = {
  kind: 'call',
  id: 'draft',
  on: 'project',
  action: 'make-draft-invoice',
  input: { note: { kind: 'field', field: 'subject.notes' } },
  timing: { kind: 'real-time' },
  ...words('finance', 'The draft could not be made.'),
};

export const billed: Step<'await'> = {
  kind: 'await',
  id: 'billed',
  on: 'line',
  condition: { when: { approval: 'approved' } },
  quantity: 'all',
  within: 24 * hour,
  ...words('finance', 'The time is not billed.'),
};

/** Approved time from Harvest: its project has to be open in Odoo, it goes there, a draft is made, and it is billed. */
export const approvedTime: Flow = {
  id: 'approved-time-to-bill',
  title: 'Approved time is billed',
  entity: 'timesheet',
  from: 'psa',
  condition: { when: { approval: 'approved' } },
  objects: [
    {
      name: 'project',
      entity: 'project',
      in: 'erp',
      of: 'subject',
      by: { kind: 'field', field: 'project' },
    },
    { name: 'line', entity: 'timesheet', in: 'erp', of: 'subject', by: { kind: 'same' } },
  ],
  steps: [projectOpen, inErp, draft, billed],
};

export const actions = {
  'make-draft-invoice': {
    meaning: 'Makes a draft invoice.',
    on: 'project',
    makes: 'invoice',
    takes: {},
    batch: 10,
  },
} as const;
