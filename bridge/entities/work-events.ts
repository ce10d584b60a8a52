import { assignment } from './assignment.ts';
import { type BusinessEventDefinition, becomes, carry, onBecoming } from './business-event.ts';
import { expense } from './expense.ts';
import { milestone } from './milestone.ts';
import { project } from './project.ts';
import { sameValue } from './state.ts';
import { timesheet } from './timesheet.ts';

const opened = carry(
  project,
  'name',
  'code',
  'customer',
  'contract',
  'legal_entity',
  'service_line',
  'billable',
  'billing_method',
  'currency',
  'starts_on',
  'ends_on',
);

export const projectOpened: BusinessEventDefinition = {
  name: 'project.opened',
  version: 1,
  meaning: 'Time may be booked on a project: it is new, or was opened again.',
  entity: 'project',
  ...onBecoming('status', 'active', opened),
};

const booked = carry(
  assignment,
  'worker',
  'project',
  'task',
  'resource_role',
  'starts_on',
  'ends_on',
  'hours',
  'share',
  'billable',
);

export const resourceAssigned: BusinessEventDefinition = {
  name: 'resource.assigned',
  version: 1,
  meaning: 'Somebody was booked on a project, or a booking went over to another person or project.',
  entity: 'assignment',
  field: 'worker',
  watched: ['status', 'worker', 'project'],
  endsWithObject: false,
  data: {
    ...booked.fields,
    before: {
      kind: 'earlier',
      meaning: 'For a booking that went over: whose or which project it was.',
      fields: carry(assignment, 'worker', 'project').fields,
    },
  },
  derive(before, after) {
    if (after?.status !== 'confirmed') return undefined;
    if (becomes('status', 'confirmed', before, after)) return { ...booked.of(after), before: {} };
    if (before?.status !== 'confirmed') return undefined;
    const moved = ['worker', 'project'].filter(
      (name) => before[name] !== undefined && !sameValue(before[name], after[name]),
    );
    if (moved.length === 0) return undefined;
    const earlier = Object.fromEntries(moved.map((name) => [name, before[name] ?? null]));
    return { ...booked.of(after), before: earlier };
  },
};

const worked = carry(
  timesheet,
  'worker',
  'project',
  'task',
  'resource_role',
  'day',
  'hours',
  'billable',
  'legal_entity',
);

export const timeApproved: BusinessEventDefinition = {
  name: 'time.approved',
  version: 1,
  meaning: 'Hours of one person on one day were approved.',
  entity: 'timesheet',
  ...onBecoming('approval', 'approved', worked),
  endsWithObject: true,
};

export const timeWithdrawn: BusinessEventDefinition = {
  name: 'time.withdrawn',
  version: 1,
  meaning: 'The approval of hours was taken back, or approved hours were deleted.',
  entity: 'timesheet',
  field: 'approval',
  watched: ['approval'],
  endsWithObject: false,
  data: worked.fields,
  derive(before, after) {
    if (before?.approval !== 'approved') return undefined;
    if (after === null) return worked.of(before);
    return after.approval === undefined || after.approval === 'approved' ? undefined : worked.of(after);
  },
};

const spent = carry(
  expense,
  'worker',
  'project',
  'task',
  'day',
  'category',
  'amount',
  'currency',
  'paid_by',
  'billable',
  'legal_entity',
  'cost_centre',
);

export const expenseApproved: BusinessEventDefinition = {
  name: 'expense.approved',
  version: 1,
  meaning: 'An expense was approved.',
  entity: 'expense',
  ...onBecoming('approval', 'approved', spent),
};

const reached = carry(
  milestone,
  'name',
  'project',
  'due_on',
  'completed_on',
  'billable',
  'amount',
  'share',
  'currency',
);

export const milestoneCompleted: BusinessEventDefinition = {
  name: 'milestone.completed',
  version: 1,
  meaning: 'A milestone of a project was reached.',
  entity: 'milestone',
  ...onBecoming('status', 'completed', reached),
};
