import type { Hono } from 'hono';
import type { SandboxEnvironment } from '../server.ts';
import { defined } from './clients.ts';
import { unprocessable } from './errors.ts';
import {
  type Body,
  bodyOf,
  choice,
  day,
  filledText,
  flag,
  named,
  number,
  optionalNumber,
  optionalText,
  requiredText,
  requireFreeName,
} from './input.ts';
import { byActivity, listPage, stamp } from './list.ts';
import { requireNoTimer } from './lock.ts';
import type { Client, HarvestState, Project } from './state.ts';

const billingMethods = ['Project', 'Tasks', 'People', 'none'];
const budgetMethods = ['project', 'project_cost', 'task', 'task_fees', 'person', 'none'];

export function addProjectRoutes(app: Hono<SandboxEnvironment>, state: HarvestState): void {
  const describe = (project: Project) => describeProject(state, project);

  app.get('/v2/projects', (c) => {
    const clientId = c.req.query('client_id');
    const projects = byActivity(c, state.projects.values());
    const wanted = projects.filter(
      (project) => clientId === undefined || project.clientId === Number(clientId),
    );
    return listPage(c, 'projects', wanted, describe);
  });

  app.post('/v2/projects', async (c) => {
    const body = await bodyOf(c);
    if (body.client_id === undefined) throw unprocessable("Client can't be blank");
    const client = clientOf(state, body);
    const name = requiredText(body, 'name');
    requireFreeName(projectsOf(state, client.id), name);
    const billable = flag(body, 'is_billable');
    if (billable === undefined) throw unprocessable("Is billable can't be blank");
    requiredText(body, 'bill_by');
    requiredText(body, 'budget_by');
    const project: Project = {
      code: null,
      active: true,
      fixedFee: false,
      budget: null,
      costBudget: null,
      hourlyRate: null,
      notes: null,
      startsOn: null,
      endsOn: null,
      billBy: 'none',
      budgetBy: 'none',
      ...state.dated(),
      ...fieldsOf(body),
      clientId: client.id,
      name,
      billable,
    };
    requireOrder(project);
    state.projects.set(project.id, project);
    addDefaults(state, project);
    return c.json(describe(project), 201);
  });

  app.get('/v2/projects/:id', (c) => c.json(describe(named(state.projects, c.req.param('id')))));

  app.patch('/v2/projects/:id', async (c) => {
    const project = named(state.projects, c.req.param('id'));
    const body = await bodyOf(c);
    const clientId = body.client_id === undefined ? project.clientId : clientOf(state, body).id;
    const fields = fieldsOf(body);
    requireFreeName(projectsOf(state, clientId), fields.name ?? project.name, project.id);
    requireOrder({ ...project, ...fields });
    if (fields.active === false) requireNoTimer(state, 'Project', (entry) => entry.projectId === project.id);
    Object.assign(project, fields, { clientId });
    state.touch(project);
    return c.json(describe(project));
  });

  app.delete('/v2/projects/:id', (c) => {
    const project = named(state.projects, c.req.param('id'));
    const tracked = [...state.timeEntries.values(), ...state.expenses.values()].filter(
      ({ projectId }) => projectId === project.id,
    );
    if (tracked.some(({ billed }) => billed))
      throw unprocessable('Project has invoiced time or expenses and cannot be deleted');
    for (const { id } of tracked) {
      state.timeEntries.delete(id);
      state.expenses.delete(id);
    }
    for (const assignments of [state.taskAssignments, state.userAssignments])
      for (const { id, projectId } of [...assignments.values()])
        if (projectId === project.id) assignments.delete(id);
    state.projects.delete(project.id);
    return c.body(null, 200);
  });
}

const projectsOf = (state: HarvestState, clientId: number): Project[] =>
  [...state.projects.values()].filter((project) => project.clientId === clientId);

function clientOf(state: HarvestState, body: Body): Client {
  const client = state.clients.get(number(body, 'client_id') ?? 0);
  if (client === undefined) throw unprocessable('Client is invalid');
  if (!client.active) throw unprocessable('Client is archived');
  return client;
}

function fieldsOf(body: Body): Partial<Project> {
  return defined({
    name: filledText(body, 'name'),
    code: optionalText(body, 'code'),
    active: flag(body, 'is_active'),
    billable: flag(body, 'is_billable'),
    fixedFee: flag(body, 'is_fixed_fee'),
    billBy: choice(body, 'bill_by', billingMethods),
    budgetBy: choice(body, 'budget_by', budgetMethods),
    budget: optionalNumber(body, 'budget'),
    costBudget: optionalNumber(body, 'cost_budget'),
    hourlyRate: optionalNumber(body, 'hourly_rate'),
    notes: optionalText(body, 'notes'),
    startsOn: day(body, 'starts_on'),
    endsOn: day(body, 'ends_on'),
  }) as Partial<Project>;
}

function requireOrder({ startsOn, endsOn }: Project): void {
  if (startsOn !== null && endsOn !== null && endsOn < startsOn)
    throw unprocessable('Ends on must be on or after starts on');
}

/** A new project gets the account's default tasks, and the people who have access to all future projects. */
function addDefaults(state: HarvestState, project: Project): void {
  for (const task of state.tasks.values()) {
    if (!task.isDefault || !task.active) continue;
    const dated = state.dated();
    state.taskAssignments.set(dated.id, {
      ...dated,
      projectId: project.id,
      taskId: task.id,
      active: true,
      billable: task.billableByDefault,
      hourlyRate: null,
      budget: null,
    });
  }
  for (const user of state.users.values()) {
    if (!user.accessToAllFutureProjects || !user.active) continue;
    const dated = state.dated();
    state.userAssignments.set(dated.id, {
      ...dated,
      projectId: project.id,
      userId: user.id,
      active: true,
      projectManager: false,
      useDefaultRates: true,
      hourlyRate: null,
      budget: null,
    });
  }
}

function describeProject(state: HarvestState, project: Project) {
  const client = state.clients.get(project.clientId) as Client;
  return {
    id: project.id,
    client: { id: client.id, name: client.name, currency: client.currency },
    name: project.name,
    code: project.code,
    is_active: project.active,
    is_billable: project.billable,
    is_fixed_fee: project.fixedFee,
    bill_by: project.billBy,
    hourly_rate: project.hourlyRate,
    budget_by: project.budgetBy,
    budget_is_monthly: false,
    budget: project.budget,
    cost_budget: project.costBudget,
    cost_budget_include_expenses: false,
    notify_when_over_budget: false,
    over_budget_notification_percentage: 80.0,
    over_budget_notification_date: null,
    show_budget_to_all: false,
    fee: null,
    notes: project.notes,
    starts_on: project.startsOn,
    ends_on: project.endsOn,
    created_at: stamp(project.createdAt),
    updated_at: stamp(project.updatedAt),
  };
}
