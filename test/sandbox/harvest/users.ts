import type { Hono } from 'hono';
import type { SandboxEnvironment } from '../server.ts';
import { defined } from './clients.ts';
import { unprocessable } from './errors.ts';
import { type Body, bodyOf, filledText, flag, named, number, requiredText } from './input.ts';
import { byActivity, listPage, stamp } from './list.ts';
import { type HarvestState, type User, type UserAssignment, userAssignmentOf } from './state.ts';

export function addUserRoutes(app: Hono<SandboxEnvironment>, state: HarvestState): void {
  app.get('/v2/users', (c) => listPage(c, 'users', byActivity(c, state.users.values()), describeUser));

  app.get('/v2/users/me', (c) => c.json(describeUser(me(state))));

  app.post('/v2/users', async (c) => {
    const body = await bodyOf(c);
    const user: User = {
      active: true,
      contractor: false,
      accessRoles: ['member'],
      accessToAllFutureProjects: false,
      ...state.dated(),
      ...fieldsOf(body),
      firstName: requiredText(body, 'first_name'),
      lastName: requiredText(body, 'last_name'),
      email: requiredText(body, 'email'),
    };
    requireFreeEmail(state, user.email);
    state.users.set(user.id, user);
    return c.json(describeUser(user), 201);
  });

  app.get('/v2/users/:id', (c) => c.json(describeUser(named(state.users, c.req.param('id')))));

  app.patch('/v2/users/:id', async (c) => {
    const user = named(state.users, c.req.param('id'));
    const fields = fieldsOf(await bodyOf(c));
    if (fields.email !== undefined) requireFreeEmail(state, fields.email, user.id);
    Object.assign(user, fields);
    state.touch(user);
    return c.json(describeUser(user));
  });
}

export function addUserAssignmentRoutes(app: Hono<SandboxEnvironment>, state: HarvestState): void {
  const describe = (assignment: UserAssignment) => describeUserAssignment(state, assignment);
  const path = '/v2/projects/:project/user_assignments';

  app.get(path, (c) => {
    const project = named(state.projects, c.req.param('project'));
    const ofProject = [...state.userAssignments.values()].filter(({ projectId }) => projectId === project.id);
    return listPage(c, 'user_assignments', byActivity(c, ofProject), describe);
  });

  app.post(path, async (c) => {
    const project = named(state.projects, c.req.param('project'));
    const body = await bodyOf(c);
    const user = state.users.get(number(body, 'user_id') ?? 0);
    if (user === undefined) throw unprocessable('User must exist');
    if (!user.active) throw unprocessable('User is archived');
    if (userAssignmentOf(state, project.id, user.id)) throw unprocessable('User has already been taken');
    const assignment: UserAssignment = {
      ...state.dated(),
      projectId: project.id,
      userId: user.id,
      active: flag(body, 'is_active') ?? true,
      projectManager: flag(body, 'is_project_manager') ?? false,
    };
    state.userAssignments.set(assignment.id, assignment);
    return c.json(describe(assignment), 201);
  });
}

/** The person whom the token belongs to. */
export const me = (state: HarvestState): User => [...state.users.values()][0] as User;

function requireFreeEmail(state: HarvestState, email: string, own?: number): void {
  for (const user of state.users.values())
    if (user.id !== own && user.email.toLowerCase() === email.toLowerCase())
      throw unprocessable('Email has already been taken');
}

const fieldsOf = (body: Body): Partial<User> =>
  defined({
    firstName: filledText(body, 'first_name'),
    lastName: filledText(body, 'last_name'),
    email: filledText(body, 'email'),
    active: flag(body, 'is_active'),
    contractor: flag(body, 'is_contractor'),
    accessToAllFutureProjects: flag(body, 'has_access_to_all_future_projects'),
  }) as Partial<User>;

const describeUser = (user: User) => ({
  id: user.id,
  first_name: user.firstName,
  last_name: user.lastName,
  email: user.email,
  telephone: '',
  timezone: 'Berlin',
  has_access_to_all_future_projects: user.accessToAllFutureProjects,
  is_contractor: user.contractor,
  is_active: user.active,
  weekly_capacity: 144_000,
  default_hourly_rate: 0,
  cost_rate: 0,
  roles: [],
  access_roles: user.accessRoles,
  avatar_url: '',
  created_at: stamp(user.createdAt),
  updated_at: stamp(user.updatedAt),
});

export function describeUserAssignment(state: HarvestState, assignment: UserAssignment) {
  const project = state.projects.get(assignment.projectId);
  const user = state.users.get(assignment.userId);
  return {
    id: assignment.id,
    project: { id: project?.id, name: project?.name, code: project?.code },
    user: { id: user?.id, name: `${user?.firstName} ${user?.lastName}` },
    is_active: assignment.active,
    is_project_manager: assignment.projectManager,
    use_default_rates: true,
    hourly_rate: null,
    budget: null,
    created_at: stamp(assignment.createdAt),
    updated_at: stamp(assignment.updatedAt),
  };
}
