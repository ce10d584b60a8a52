import type { Hono } from 'hono';
import type { SandboxEnvironment } from '../server.ts';
import { defined } from './clients.ts';
import { notFound, unprocessable } from './errors.ts';
import {
  type Body,
  bodyOf,
  filledText,
  flag,
  named,
  number,
  optionalNumber,
  requiredText,
  requireFreeName,
} from './input.ts';
import { byActivity, listPage, stamp } from './list.ts';
import { requireNoTimer } from './lock.ts';
import { type HarvestState, type Task, type TaskAssignment, taskAssignmentOf } from './state.ts';

export function addTaskRoutes(app: Hono<SandboxEnvironment>, state: HarvestState): void {
  app.get('/v2/tasks', (c) => listPage(c, 'tasks', byActivity(c, state.tasks.values()), describeTask));

  app.post('/v2/tasks', async (c) => {
    const body = await bodyOf(c);
    const name = requiredText(body, 'name');
    requireFreeName(state.tasks.values(), name);
    const task: Task = {
      billableByDefault: true,
      isDefault: false,
      active: true,
      ...state.dated(),
      ...taskFields(body),
      name,
    };
    state.tasks.set(task.id, task);
    return c.json(describeTask(task), 201);
  });

  app.get('/v2/tasks/:id', (c) => c.json(describeTask(named(state.tasks, c.req.param('id')))));

  app.patch('/v2/tasks/:id', async (c) => {
    const task = named(state.tasks, c.req.param('id'));
    const fields = taskFields(await bodyOf(c));
    requireFreeName(state.tasks.values(), fields.name, task.id);
    if (fields.active === false) requireNoTimer(state, 'Task', (entry) => entry.taskId === task.id);
    Object.assign(task, fields);
    state.touch(task);
    return c.json(describeTask(task));
  });
}

export function addTaskAssignmentRoutes(app: Hono<SandboxEnvironment>, state: HarvestState): void {
  const describe = (assignment: TaskAssignment) => describeTaskAssignment(state, assignment);
  const path = '/v2/projects/:project/task_assignments';

  app.get('/v2/task_assignments', (c) =>
    listPage(c, 'task_assignments', byActivity(c, state.taskAssignments.values()), describe),
  );

  app.get(path, (c) => {
    const project = named(state.projects, c.req.param('project'));
    const ofProject = [...state.taskAssignments.values()].filter(({ projectId }) => projectId === project.id);
    return listPage(c, 'task_assignments', byActivity(c, ofProject), describe);
  });

  app.post(path, async (c) => {
    const project = named(state.projects, c.req.param('project'));
    const body = await bodyOf(c);
    const task = state.tasks.get(number(body, 'task_id') ?? 0);
    if (task === undefined) throw unprocessable('Task must exist');
    if (!task.active) throw unprocessable('Task is archived');
    if (!project.active) throw unprocessable('Project is archived');
    if (taskAssignmentOf(state, project.id, task.id)) throw unprocessable('Task has already been taken');
    const assignment: TaskAssignment = {
      ...state.dated(),
      projectId: project.id,
      taskId: task.id,
      active: true,
      billable: false,
      hourlyRate: null,
      budget: null,
      ...assignmentFields(body),
    };
    state.taskAssignments.set(assignment.id, assignment);
    return c.json(describe(assignment), 201);
  });

  app.get(`${path}/:id`, (c) => c.json(describe(ofPath(state, c.req.param('project'), c.req.param('id')))));

  app.patch(`${path}/:id`, async (c) => {
    const assignment = ofPath(state, c.req.param('project'), c.req.param('id'));
    Object.assign(assignment, assignmentFields(await bodyOf(c)));
    state.touch(assignment);
    return c.json(describe(assignment));
  });

  app.delete(`${path}/:id`, (c) => {
    const { id, projectId, taskId } = ofPath(state, c.req.param('project'), c.req.param('id'));
    for (const entry of state.timeEntries.values())
      if (entry.projectId === projectId && entry.taskId === taskId)
        throw unprocessable('Task assignment has time entries and cannot be deleted');
    state.taskAssignments.delete(id);
    return c.body(null, 200);
  });
}

function ofPath(state: HarvestState, project: string | undefined, id: string | undefined): TaskAssignment {
  const assignment = named(state.taskAssignments, id);
  if (assignment.projectId !== Number(project)) throw notFound();
  return assignment;
}

const taskFields = (body: Body): Partial<Task> =>
  defined({
    name: filledText(body, 'name'),
    billableByDefault: flag(body, 'billable_by_default'),
    isDefault: flag(body, 'is_default'),
    active: flag(body, 'is_active'),
  }) as Partial<Task>;

const assignmentFields = (body: Body): Partial<TaskAssignment> =>
  defined({
    active: flag(body, 'is_active'),
    billable: flag(body, 'billable'),
    hourlyRate: optionalNumber(body, 'hourly_rate'),
    budget: optionalNumber(body, 'budget'),
  }) as Partial<TaskAssignment>;

const describeTask = (task: Task) => ({
  id: task.id,
  name: task.name,
  billable_by_default: task.billableByDefault,
  default_hourly_rate: 0,
  is_default: task.isDefault,
  is_active: task.active,
  created_at: stamp(task.createdAt),
  updated_at: stamp(task.updatedAt),
});

function describeTaskAssignment(state: HarvestState, assignment: TaskAssignment) {
  const project = state.projects.get(assignment.projectId);
  return {
    id: assignment.id,
    project: { id: project?.id, name: project?.name, code: project?.code },
    task: { id: assignment.taskId, name: state.tasks.get(assignment.taskId)?.name },
    is_active: assignment.active,
    billable: assignment.billable,
    hourly_rate: assignment.hourlyRate,
    budget: assignment.budget,
    created_at: stamp(assignment.createdAt),
    updated_at: stamp(assignment.updatedAt),
  };
}
