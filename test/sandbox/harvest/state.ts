import type { Clock } from '../clock.ts';
import { AssignmentMap } from './assignment-map.ts';

export interface Dated {
  readonly id: number;
  readonly createdAt: number;
  updatedAt: number;
}

export interface Client extends Dated {
  name: string;
  active: boolean;
  address: string | null;
  currency: string;
}

export interface Project extends Dated {
  clientId: number;
  name: string;
  code: string | null;
  active: boolean;
  billable: boolean;
  fixedFee: boolean;
  billBy: string;
  budgetBy: string;
  budget: number | null;
  costBudget: number | null;
  hourlyRate: number | null;
  notes: string | null;
  startsOn: string | null;
  endsOn: string | null;
}

/** An account-wide kind of work; a `TaskAssignment` brings it to a project. */
export interface Task extends Dated {
  name: string;
  billableByDefault: boolean;
  /** Added to every new project. */
  isDefault: boolean;
  active: boolean;
}

export interface TaskAssignment extends Dated {
  readonly projectId: number;
  readonly taskId: number;
  active: boolean;
  billable: boolean;
  hourlyRate: number | null;
  budget: number | null;
}

export interface User extends Dated {
  firstName: string;
  lastName: string;
  email: string;
  active: boolean;
  contractor: boolean;
  accessRoles: readonly string[];
  accessToAllFutureProjects: boolean;
  /** What an hour of the person costs customers where nothing else is said. */
  defaultHourlyRate: number;
  costRate: number;
}

export interface UserAssignment extends Dated {
  readonly projectId: number;
  readonly userId: number;
  active: boolean;
  projectManager: boolean;
  useDefaultRates: boolean;
  hourlyRate: number | null;
  budget: number | null;
}

export type Approval = 'unsubmitted' | 'submitted' | 'approved';

/** What people hand in, and managers approve. */
export interface Submittable extends Dated {
  readonly userId: number;
  projectId: number;
  /** The day that it belongs to. */
  spentDate: string;
  notes: string | null;
  billed: boolean;
  approval: Approval;
}

export interface TimeEntry extends Submittable {
  taskId: number;
  hours: number;
  running: boolean;
}

export interface ExpenseCategory extends Dated {
  name: string;
  /** Both or none: mileage at a price a kilometre. */
  unitName: string | null;
  unitPrice: number | null;
  active: boolean;
}

export interface Receipt {
  readonly url: string;
  readonly file_name: string;
  readonly file_size: number;
  readonly content_type: string;
}

export interface Expense extends Submittable {
  categoryId: number;
  units: number;
  totalCost: number;
  billable: boolean;
  receipt: Receipt | null;
}

/** What an invoice's lines are: every line names one. */
export interface InvoiceItemCategory extends Dated {
  name: string;
  useAsService: boolean;
  useAsExpense: boolean;
}

export interface InvoiceLine {
  readonly id: number;
  readonly kind: string;
  readonly description: string | null;
  readonly quantity: number;
  readonly unitPrice: number;
  readonly projectId: number | null;
}

export interface InvoicePayment extends Dated {
  readonly amount: number;
  readonly paidDate: string;
  readonly notes: string | null;
}

export type InvoiceEvent = 'send' | 'close' | 'draft' | 're-open';

export interface InvoiceMessage extends Dated {
  readonly eventType: InvoiceEvent;
  readonly body: string | null;
}

/** Harvest's own invoice, free-form: its lines are what was sent. */
export interface Invoice extends Dated {
  clientId: number;
  number: string;
  purchaseOrder: string;
  subject: string | null;
  notes: string | null;
  currency: string;
  issueDate: string;
  dueDate: string;
  paymentTerm: string;
  lines: readonly InvoiceLine[];
  /** The last of these that happened; whether it is paid follows from its payments. */
  stage: 'draft' | 'sent' | 'closed';
  sentAt: number | null;
  closedAt: number | null;
  readonly payments: Map<number, InvoicePayment>;
  readonly messages: Map<number, InvoiceMessage>;
}

export interface HarvestRules {
  /** Hours are rounded up to this many minutes; 0: not at all. */
  readonly roundingMinutes: number;
  /** Whether an approval moves `updated_at`; the vendor does not say. */
  readonly approvalMovesUpdatedAt: boolean;
  /** Whether the account has the module for invoices. */
  readonly invoices: boolean;
}

/** Everything that one Harvest account holds. */
export interface HarvestState {
  readonly clock: Clock;
  readonly rules: HarvestRules;
  readonly currency: string;
  readonly clients: Map<number, Client>;
  readonly projects: Map<number, Project>;
  readonly tasks: Map<number, Task>;
  readonly taskAssignments: AssignmentMap<TaskAssignment>;
  readonly users: Map<number, User>;
  readonly userAssignments: AssignmentMap<UserAssignment>;
  readonly timeEntries: Map<number, TimeEntry>;
  readonly expenseCategories: Map<number, ExpenseCategory>;
  readonly expenses: Map<number, Expense>;
  readonly invoiceItemCategories: Map<number, InvoiceItemCategory>;
  readonly invoices: Map<number, Invoice>;
  /** Id and times of a new object. */
  dated(): Dated;
  /** Notes a change of an object. */
  touch(object: Dated): void;
}

export function createHarvestState(clock: Clock, rules: HarvestRules): HarvestState {
  let lastId = 3_000_000;
  const state: HarvestState = {
    clock,
    rules,
    currency: 'EUR',
    clients: new Map(),
    projects: new Map(),
    tasks: new Map(),
    taskAssignments: new AssignmentMap(({ taskId }) => taskId),
    users: new Map(),
    userAssignments: new AssignmentMap(({ userId }) => userId),
    timeEntries: new Map(),
    expenseCategories: new Map(),
    expenses: new Map(),
    invoiceItemCategories: new Map(),
    invoices: new Map(),
    dated: () => ({ id: ++lastId, createdAt: clock.now(), updatedAt: clock.now() }),
    touch(object) {
      object.updatedAt = clock.now();
    },
  };
  const administrator: User = {
    ...state.dated(),
    firstName: 'Ada',
    lastName: 'Admin',
    email: 'ada.admin@example.com',
    active: true,
    contractor: false,
    accessRoles: ['administrator'],
    accessToAllFutureProjects: false,
    defaultHourlyRate: 0,
    costRate: 0,
  };
  state.users.set(administrator.id, administrator);
  for (const [name, useAsService] of [
    ['Service', true],
    ['Product', false],
  ] as const) {
    const category = { ...state.dated(), name, useAsService, useAsExpense: !useAsService };
    state.invoiceItemCategories.set(category.id, category);
  }
  return state;
}

/** The task as it is booked on in a project. */
export const taskAssignmentOf = (state: HarvestState, projectId: number, taskId: number) =>
  state.taskAssignments.of(projectId, taskId);

export const userAssignmentOf = (state: HarvestState, projectId: number, userId: number) =>
  state.userAssignments.of(projectId, userId);
