import type { Hono } from 'hono';
import type { SandboxEnvironment } from '../server.ts';
import { unprocessable } from './errors.ts';
import { type Body, bodyOf, day, named, number, optionalText } from './input.ts';
import { listPage, stamp } from './list.ts';
import { lockReason, requireUnlocked } from './lock.ts';
import { billableRate, isBillable, roundedHours } from './rates.ts';
import { type HarvestState, type TimeEntry, taskAssignmentOf, userAssignmentOf } from './state.ts';
import { submittable } from './submittable.ts';
import { describeUserAssignment } from './user-assignments.ts';
import { me } from './users.ts';

export function addTimeEntryRoutes(app: Hono<SandboxEnvironment>, state: HarvestState): void {
  const describe = (entry: TimeEntry) => describeTimeEntry(state, entry);

  app.get('/v2/time_entries', (c) => {
    const running = c.req.query('is_running');
    const task = c.req.query('task_id');
    const entries = submittable(c, state, state.timeEntries.values()).filter(
      (entry) =>
        (running === undefined || String(entry.running) === running) &&
        (task === undefined || entry.taskId === Number(task)),
    );
    return listPage(c, 'time_entries', entries, describe);
  });

  app.post('/v2/time_entries', async (c) => {
    const body = await bodyOf(c);
    const hours = number(body, 'hours');
    const spentDate = day(body, 'spent_date');
    if (typeof spentDate !== 'string') throw unprocessable("Spent date can't be blank");
    const entry: TimeEntry = {
      ...state.dated(),
      userId: number(body, 'user_id') ?? me(state).id,
      ...place(state, body, number(body, 'user_id') ?? me(state).id),
      spentDate,
      hours: hours ?? 0,
      notes: optionalText(body, 'notes') ?? null,
      running: hours === undefined,
      billed: false,
      approval: 'unsubmitted',
    };
    state.timeEntries.set(entry.id, entry);
    return c.json(describe(entry), 201);
  });

  app.get('/v2/time_entries/:id', (c) => c.json(describe(named(state.timeEntries, c.req.param('id')))));

  app.patch('/v2/time_entries/:id', async (c) => {
    const entry = named(state.timeEntries, c.req.param('id'));
    requireUnlocked(state, entry, 'Time entry');
    const body = await bodyOf(c);
    const moved = { project_id: entry.projectId, task_id: entry.taskId, ...body };
    Object.assign(entry, place(state, moved, entry.userId));
    entry.spentDate = day(body, 'spent_date') ?? entry.spentDate;
    entry.hours = number(body, 'hours') ?? entry.hours;
    const notes = optionalText(body, 'notes');
    if (notes !== undefined) entry.notes = notes;
    state.touch(entry);
    return c.json(describe(entry));
  });

  app.delete('/v2/time_entries/:id', (c) => {
    const entry = named(state.timeEntries, c.req.param('id'));
    requireUnlocked(state, entry, 'Time entry');
    state.timeEntries.delete(entry.id);
    return c.body(null, 200);
  });

  for (const step of ['stop', 'restart'] as const)
    app.patch(`/v2/time_entries/:id/${step}`, (c) => {
      const entry = named(state.timeEntries, c.req.param('id'));
      requireUnlocked(state, entry, 'Time entry');
      if (entry.running === (step === 'restart'))
        throw unprocessable(`Time entry is ${entry.running ? 'running' : 'not running'}`);
      entry.running = step === 'restart';
      state.touch(entry);
      return c.json(describe(entry));
    });
}

/** Where time may be booked: an active task of an active project that the person works on. */
function place(state: HarvestState, body: Body, userId: number): { projectId: number; taskId: number } {
  const project = state.projects.get(number(body, 'project_id') ?? 0);
  if (project === undefined) throw unprocessable("Project can't be blank");
  if (!project.active) throw unprocessable('Project is archived');
  const taskId = number(body, 'task_id') ?? 0;
  if (!state.tasks.has(taskId)) throw unprocessable("Task can't be blank");
  if (taskAssignmentOf(state, project.id, taskId)?.active !== true)
    throw unprocessable('Task is not assigned to this project');
  const user = state.users.get(userId);
  if (user === undefined || !user.active) throw unprocessable('User is invalid');
  if (userAssignmentOf(state, project.id, userId)?.active !== true)
    throw unprocessable('User is not assigned to this project');
  return { projectId: project.id, taskId };
}

function describeTimeEntry(state: HarvestState, entry: TimeEntry) {
  const project = state.projects.get(entry.projectId);
  const client = state.clients.get(project?.clientId ?? 0);
  const assignment = taskAssignmentOf(state, entry.projectId, entry.taskId);
  const userAssignment = userAssignmentOf(state, entry.projectId, entry.userId);
  const user = state.users.get(entry.userId);
  const reason = lockReason(state, entry);
  return {
    id: entry.id,
    spent_date: entry.spentDate,
    user: { id: entry.userId, name: `${user?.firstName} ${user?.lastName}` },
    user_assignment: userAssignment === undefined ? null : describeUserAssignment(state, userAssignment),
    client: { id: client?.id, name: client?.name },
    project: { id: entry.projectId, name: project?.name },
    task: { id: entry.taskId, name: state.tasks.get(entry.taskId)?.name },
    task_assignment:
      assignment === undefined
        ? null
        : {
            id: assignment.id,
            billable: assignment.billable,
            is_active: assignment.active,
            created_at: stamp(assignment.createdAt),
            updated_at: stamp(assignment.updatedAt),
            hourly_rate: assignment.hourlyRate,
            budget: assignment.budget,
          },
    external_reference: null,
    invoice: null,
    hours: entry.hours,
    hours_without_timer: entry.hours,
    rounded_hours: roundedHours(state, entry),
    notes: entry.notes,
    is_locked: reason !== null,
    locked_reason: reason,
    is_closed: entry.approval === 'approved',
    approval_status: entry.approval,
    is_billed: entry.billed,
    timer_started_at: null,
    started_time: null,
    ended_time: null,
    is_running: entry.running,
    billable: isBillable(state, entry),
    budgeted: true,
    billable_rate: billableRate(state, entry),
    cost_rate: user?.costRate ?? null,
    created_at: stamp(entry.createdAt),
    updated_at: stamp(entry.updatedAt),
  };
}
