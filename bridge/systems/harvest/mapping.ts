import { Decimal } from 'decimal.js';
import type { EntityName } from '../../entities/catalogue.ts';
import type { State } from '../../entities/field.ts';
import { isDisputed } from './invoice-notes.ts';
import { markIn } from './notes.ts';
import type {
  Client,
  Expense,
  Invoice,
  Project,
  Submittable,
  TaskAssignment,
  TimeEntry,
  User,
  UserAssignment,
} from './objects.ts';

const textOf = (value: string | null): string | null => (value === '' ? null : value);

const decimalOf = (value: number | null): string | null =>
  value === null ? null : new Decimal(value).toFixed();

const activity = (active: boolean): 'active' | 'closed' => (active ? 'active' : 'closed');

/** Every field that an object of an entity can have. */
export const readable = {
  customer: ['name', 'active'],
  project: [
    'name',
    'code',
    'customer',
    'status',
    'billable',
    'currency',
    'budget',
    'budget_hours',
    'starts_on',
    'ends_on',
  ],
  task: ['name', 'project', 'billable', 'status'],
  worker: ['name', 'email', 'active'],
  assignment: ['worker', 'project', 'status'],
  timesheet: [
    'worker',
    'project',
    'task',
    'day',
    'hours',
    'notes',
    'billable',
    'approval',
    'rate',
    'currency',
  ],
  expense: [
    'worker',
    'project',
    'day',
    'category',
    'notes',
    'amount',
    'currency',
    'billable',
    'approval',
    'receipt',
  ],
  invoice: [
    'number',
    'kind',
    'status',
    'payment',
    'customer',
    'total',
    'open',
    'currency',
    'issued_on',
    'due_on',
  ],
} as const satisfies Partial<Record<EntityName, readonly string[]>>;

export const customerState = (client: Client): State => ({ name: client.name, active: client.is_active });

export const projectState = (project: Project): State => ({
  name: project.name,
  code: textOf(project.code),
  customer: String(project.client.id),
  status: !project.is_active && markIn(project.notes)?.paused ? 'paused' : activity(project.is_active),
  billable: project.is_billable,
  currency: project.client.currency,
  ...budgetOf(project),
  starts_on: project.starts_on,
  ends_on: project.ends_on,
});

/** A project has one budget: hours, money, or what its tasks and people have. Of the others nothing is known. */
function budgetOf(project: Project): State {
  switch (project.budget_by) {
    case 'project':
      return { budget_hours: decimalOf(project.budget) };
    case 'project_cost':
      return { budget: decimalOf(project.cost_budget) };
    case 'none':
      return { budget: null, budget_hours: null };
    default:
      return {};
  }
}

export const taskState = (assignment: TaskAssignment): State => ({
  name: assignment.task.name,
  project: String(assignment.project.id),
  billable: assignment.billable,
  status: activity(assignment.is_active),
});

export const workerState = (user: User): State => ({
  name: fullName(user),
  email: textOf(user.email.toLowerCase()),
  active: user.is_active,
});

export const fullName = (user: Pick<User, 'first_name' | 'last_name'>): string =>
  `${user.first_name} ${user.last_name}`.trim();

export const assignmentState = (assignment: UserAssignment): State => ({
  worker: String(assignment.user.id),
  project: String(assignment.project.id),
  status: assignment.is_active ? 'confirmed' : 'cancelled',
});

/** @param currency of the entry's client, where the entry has a rate */
export function timesheetState(entry: TimeEntry, currency: string | undefined): State {
  const rated = hasRate(entry);
  return {
    worker: String(entry.user.id),
    project: String(entry.project.id),
    task: entry.task_assignment === null ? null : String(entry.task_assignment.id),
    day: entry.spent_date,
    hours: new Decimal(entry.rounded_hours).toFixed(),
    notes: textOf(entry.notes),
    billable: entry.billable,
    approval: approvalOf(entry),
    rate: rated ? decimalOf(entry.billable_rate) : null,
    currency: rated ? (currency ?? null) : null,
  };
}

/** Zero is what Harvest has where nobody entered a rate. */
export const hasRate = ({ billable_rate: rate }: TimeEntry): boolean => rate !== null && rate !== 0;

export const expenseState = (expense: Expense): State => ({
  worker: String(expense.user.id),
  project: String(expense.project.id),
  day: expense.spent_date,
  category: expense.expense_category.name,
  notes: textOf(expense.notes),
  amount: decimalOf(expense.total_cost),
  currency: expense.client.currency,
  billable: expense.billable,
  approval: approvalOf(expense),
  receipt: expense.receipt?.url ?? null,
});

/** Harvest writes an invoice off when it is closed: nothing of it is to be paid any more. */
export const invoiceState = (invoice: Invoice): State => ({
  number: textOf(invoice.number ?? ''),
  kind: 'invoice',
  status: invoice.state === 'draft' ? 'draft' : 'posted',
  payment: paymentOf(invoice),
  customer: String(invoice.client.id),
  total: decimalOf(invoice.amount),
  open: invoice.state === 'closed' ? '0' : decimalOf(invoice.due_amount),
  currency: invoice.currency,
  issued_on: invoice.issue_date,
  due_on: invoice.due_date,
});

function paymentOf({ state, notes, amount, due_amount: due }: Invoice): string {
  if (state === 'closed') return 'reversed';
  if (isDisputed(notes)) return 'blocked';
  if (due === 0) return 'paid';
  return due === amount ? 'not_paid' : 'partial';
}

const approvalOf = ({ approval_status: approval, is_closed: closed }: Submittable): string =>
  approval ?? (closed ? 'approved' : 'unsubmitted');
