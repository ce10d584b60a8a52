import type { Hono } from 'hono';
import type { SandboxEnvironment } from '../server.ts';
import { defined } from './clients.ts';
import { notFound, unprocessable } from './errors.ts';
import { type Body, bodyOf, flag, named, number, optionalNumber } from './input.ts';
import { byActivity, byPerson, listPage, stamp } from './list.ts';
import { type HarvestState, type UserAssignment, userAssignmentOf } from './state.ts';

export function addUserAssignmentRoutes(app: Hono<SandboxEnvironment>, state: HarvestState): void {
  const describe = (assignment: UserAssignment) => describeUserAssignment(state, assignment);
  const path = '/v2/projects/:project/user_assignments';

  app.get('/v2/user_assignments', (c) =>
    listPage(c, 'user_assignments', byActivity(c, byPerson(c, state.userAssignments.values())), describe),
  );

  app.get(path, (c) => {
    const project = named(state.projects, c.req.param('project'));
    const ofProject = [...state.userAssignments.values()].filter(({ projectId }) => projectId === project.id);
    return listPage(c, 'user_assignments', byActivity(c, byPerson(c, ofProject)), describe);
  });

  app.post(path, async (c) => {
    const project = named(state.projects, c.req.param('project'));
    const body = await bodyOf(c);
    const user = state.users.get(number(body, 'user_id') ?? 0);
    if (user === undefined) throw unprocessable('User must exist');
    if (!user.active) throw unprocessable('User is archived');
    if (!project.active) throw unprocessable('Project is archived');
    if (userAssignmentOf(state, project.id, user.id)) throw unprocessable('User has already been taken');
    const assignment: UserAssignment = {
      ...state.dated(),
      projectId: project.id,
      userId: user.id,
      active: true,
      projectManager: user.accessRoles.some((role) => ['administrator', 'manager'].includes(role)),
      useDefaultRates: true,
      hourlyRate: null,
      budget: null,
      ...fieldsOf(body),
    };
    state.userAssignments.set(assignment.id, assignment);
    return c.json(describe(assignment), 201);
  });

  app.get(`${path}/:id`, (c) => c.json(describe(ofPath(state, c.req.param('project'), c.req.param('id')))));

  app.patch(`${path}/:id`, async (c) => {
    const assignment = ofPath(state, c.req.param('project'), c.req.param('id'));
    const fields = fieldsOf(await bodyOf(c));
    if (fields.active === true && state.users.get(assignment.userId)?.active === false)
      throw unprocessable('User is archived');
    Object.assign(assignment, fields);
    state.touch(assignment);
    return c.json(describe(assignment));
  });

  app.delete(`${path}/:id`, (c) => {
    const { id, projectId, userId } = ofPath(state, c.req.param('project'), c.req.param('id'));
    for (const item of [...state.timeEntries.values(), ...state.expenses.values()])
      if (item.projectId === projectId && item.userId === userId)
        throw unprocessable('User assignment has time or expenses and cannot be deleted');
    state.userAssignments.delete(id);
    return c.body(null, 200);
  });
}

function ofPath(state: HarvestState, project: string | undefined, id: string | undefined): UserAssignment {
  const assignment = named(state.userAssignments, id);
  if (assignment.projectId !== Number(project)) throw notFound();
  return assignment;
}

const fieldsOf = (body: Body): Partial<UserAssignment> =>
  defined({
    active: flag(body, 'is_active'),
    projectManager: flag(body, 'is_project_manager'),
    useDefaultRates: flag(body, 'use_default_rates'),
    hourlyRate: optionalNumber(body, 'hourly_rate'),
    budget: optionalNumber(body, 'budget'),
  }) as Partial<UserAssignment>;

export function describeUserAssignment(state: HarvestState, assignment: UserAssignment) {
  const project = state.projects.get(assignment.projectId);
  const user = state.users.get(assignment.userId);
  return {
    id: assignment.id,
    project: { id: project?.id, name: project?.name, code: project?.code },
    user: { id: user?.id, name: `${user?.firstName} ${user?.lastName}` },
    is_active: assignment.active,
    is_project_manager: assignment.projectManager,
    use_default_rates: assignment.useDefaultRates,
    hourly_rate: assignment.hourlyRate,
    budget: assignment.budget,
    created_at: stamp(assignment.createdAt),
    updated_at: stamp(assignment.updatedAt),
  };
}
