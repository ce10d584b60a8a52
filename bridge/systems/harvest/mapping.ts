import { Decimal } from 'decimal.js';
import type { State } from '../../entities/field.ts';
import type { Client, Project, TaskAssignment, TimeEntry, User } from './objects.ts';

const textOf = (value: string | null): string | null => (value === '' ? null : value);

const activity = (active: boolean): 'active' | 'closed' => (active ? 'active' : 'closed');

export const customerState = (client: Client): State => ({ name: client.name, active: client.is_active });

export const projectState = (project: Project): State => ({
  name: project.name,
  code: textOf(project.code),
  customer: String(project.client.id),
  status: activity(project.is_active),
  billable: project.is_billable,
  currency: project.client.currency,
  starts_on: project.starts_on,
  ends_on: project.ends_on,
});

export const taskState = (assignment: TaskAssignment): State => ({
  name: assignment.task.name,
  project: String(assignment.project.id),
  billable: assignment.billable,
  status: activity(assignment.is_active),
});

export const workerState = (user: User): State => ({
  name: `${user.first_name} ${user.last_name}`.trim(),
  email: textOf(user.email.toLowerCase()),
  active: user.is_active,
});

export const timesheetState = (entry: TimeEntry): State => ({
  worker: String(entry.user.id),
  project: String(entry.project.id),
  task: entry.task_assignment === null ? null : String(entry.task_assignment.id),
  day: entry.spent_date,
  hours: new Decimal(entry.rounded_hours).toFixed(),
  notes: textOf(entry.notes),
  billable: entry.billable,
  approval: entry.approval_status,
});

const referenceMark = 'services-bridge: ';

/** The bridge's reference in a project's notes, where it has a line of its own. */
export function referenceIn(notes: string | null): string | undefined {
  const line = notes?.split('\n').find((candidate) => candidate.startsWith(referenceMark));
  return line?.slice(referenceMark.length).trim();
}

/** The notes with the reference in its line; what people wrote stays. */
export function withReference(notes: string | null, reference: string): string {
  const others = (notes ?? '').split('\n').filter((line) => !line.startsWith(referenceMark));
  const text = others.join('\n').trimEnd();
  return `${text === '' ? '' : `${text}\n`}${referenceMark}${reference}`;
}
