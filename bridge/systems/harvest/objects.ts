/** The parts of Harvest's objects that the connector uses. */
export interface Client {
  readonly id: number;
  readonly name: string;
  readonly is_active: boolean;
  readonly currency: string;
}

export interface Project {
  readonly id: number;
  readonly client: { readonly id: number; readonly currency: string };
  readonly name: string;
  readonly code: string | null;
  readonly is_active: boolean;
  readonly is_billable: boolean;
  readonly notes: string | null;
  readonly budget_by: string;
  /** Hours, where the project is budgeted by time. */
  readonly budget: number | null;
  /** Money, where it is budgeted by that. */
  readonly cost_budget: number | null;
  readonly starts_on: string | null;
  readonly ends_on: string | null;
}

/** Account-wide. */
export interface Task {
  readonly id: number;
  readonly name: string;
  readonly is_active: boolean;
}

/** A task of a project: the canonical task. */
export interface TaskAssignment {
  readonly id: number;
  readonly project: { readonly id: number };
  readonly task: { readonly id: number; readonly name: string };
  readonly is_active: boolean;
  readonly billable: boolean;
}

export interface User {
  readonly id: number;
  readonly first_name: string;
  readonly last_name: string;
  readonly email: string;
  readonly is_active: boolean;
  readonly access_roles: readonly string[];
}

/** A person's place in a project: the canonical assignment. */
export interface UserAssignment {
  readonly id: number;
  readonly project: { readonly id: number };
  readonly user: { readonly id: number };
  readonly is_active: boolean;
}

/** What people hand in and managers approve. */
export interface Submittable {
  readonly id: number;
  readonly spent_date: string;
  readonly user: { readonly id: number };
  readonly project: { readonly id: number };
  readonly notes: string | null;
  readonly billable: boolean;
  /** Absent in the answers of older accounts, which have `is_closed` alone. */
  readonly approval_status?: string | null;
  readonly is_closed: boolean;
  readonly updated_at: string;
}

export interface TimeEntry extends Submittable {
  readonly client: { readonly id: number };
  readonly task_assignment: { readonly id: number } | null;
  readonly rounded_hours: number;
  readonly billable_rate: number | null;
}

export interface Expense extends Submittable {
  readonly client: { readonly id: number; readonly currency: string };
  readonly expense_category: { readonly name: string };
  readonly total_cost: number;
  readonly receipt: { readonly url: string | null } | null;
}

/** Harvest's own invoice. */
export interface Invoice {
  readonly id: number;
  readonly client: { readonly id: number };
  readonly number: string | null;
  readonly state: 'draft' | 'open' | 'paid' | 'closed';
  readonly amount: number;
  /** What is left of it after its payments. */
  readonly due_amount: number;
  readonly currency: string;
  readonly issue_date: string | null;
  readonly due_date: string | null;
  readonly notes: string | null;
  readonly line_items: readonly { readonly id: number; readonly description: string | null }[];
}

export interface InvoicePayment {
  readonly id: number;
  readonly amount: number;
  readonly notes: string | null;
}

export interface InvoiceItemCategory {
  readonly name: string;
  readonly use_as_service: boolean;
}

export const lists = {
  clients: { path: '/clients', name: 'clients' },
  projects: { path: '/projects', name: 'projects' },
  tasks: { path: '/tasks', name: 'tasks' },
  taskAssignments: { path: '/task_assignments', name: 'task_assignments' },
  users: { path: '/users', name: 'users' },
  userAssignments: { path: '/user_assignments', name: 'user_assignments' },
  timeEntries: { path: '/time_entries', name: 'time_entries' },
  expenses: { path: '/expenses', name: 'expenses' },
  invoices: { path: '/invoices', name: 'invoices' },
  invoiceItemCategories: { path: '/invoice_item_categories', name: 'invoice_item_categories' },
} as const;

/** Ids stand in paths. */
export const inPath = (id: string | number): string => encodeURIComponent(String(id));
