import { expect, test } from 'vitest';
import type { State } from '../../../bridge/entities/field.ts';
import {
  assignmentState,
  customerState,
  expenseState,
  invoiceState,
  projectState,
  readable,
  taskState,
  timesheetState,
  workerState,
} from '../../../bridge/systems/harvest/mapping.ts';

const client = { id: 1, name: 'Acme', is_active: true, currency: 'EUR' };
const project = {
  id: 2,
  client,
  name: 'Audit',
  code: 'A',
  is_active: true,
  is_billable: true,
  notes: null,
  budget_by: 'none',
  budget: null,
  cost_budget: null,
  starts_on: null,
  ends_on: null,
};
const user = {
  id: 3,
  first_name: 'Ann',
  last_name: 'Lee',
  email: 'ann@firm.example',
  is_active: true,
  access_roles: [],
};
const submitted = {
  id: 4,
  spent_date: '2026-01-31',
  user,
  project,
  client,
  notes: null,
  billable: true,
  is_closed: false,
  updated_at: '2026-01-31T12:00:00Z',
};

const states: Readonly<Record<keyof typeof readable, State>> = {
  customer: customerState(client),
  project: projectState(project),
  task: taskState({ id: 5, project, task: { id: 6, name: 'Work' }, is_active: true, billable: true }),
  worker: workerState(user),
  assignment: assignmentState({ id: 7, project, user, is_active: true }),
  timesheet: timesheetState(
    { ...submitted, task_assignment: null, rounded_hours: 1, billable_rate: null },
    undefined,
  ),
  expense: expenseState({
    ...submitted,
    expense_category: { name: 'Meals' },
    total_cost: 1,
    receipt: null,
  }),
  invoice: invoiceState({
    id: 8,
    client,
    number: '1',
    state: 'open',
    amount: 1,
    due_amount: 1,
    currency: 'EUR',
    issue_date: null,
    due_date: null,
    notes: null,
    line_items: [],
  }),
};

test.each(Object.entries(states))('a %s is read with the fields that are declared', (entity, state) => {
  expect(Object.keys(state).sort()).toEqual([...readable[entity as keyof typeof readable]].sort());
});
