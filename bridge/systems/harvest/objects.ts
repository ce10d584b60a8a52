/** The parts of Harvest's objects that the connector uses. */
export interface Client {
  readonly id: number;
  readonly name: string;
  readonly is_active: boolean;
}

export interface Project {
  readonly id: number;
  readonly client: { readonly id: number; readonly currency: string };
  readonly name: string;
  readonly code: string | null;
  readonly is_active: boolean;
  readonly is_billable: boolean;
  readonly notes: string | null;
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

export interface TimeEntry {
  readonly id: number;
  readonly spent_date: string;
  readonly user: { readonly id: number };
  readonly project: { readonly id: number };
  readonly task_assignment: { readonly id: number } | null;
  readonly rounded_hours: number;
  readonly notes: string | null;
  readonly billable: boolean;
  readonly approval_status: string;
  readonly updated_at: string;
}

export const lists = {
  clients: { path: '/clients', name: 'clients' },
  projects: { path: '/projects', name: 'projects' },
  tasks: { path: '/tasks', name: 'tasks' },
  taskAssignments: { path: '/task_assignments', name: 'task_assignments' },
  users: { path: '/users', name: 'users' },
  timeEntries: { path: '/time_entries', name: 'time_entries' },
} as const;

/** Ids stand in paths. */
export const inPath = (id: string | number): string => encodeURIComponent(String(id));
