import type { Hono } from 'hono';
import type { SandboxEnvironment } from '../server.ts';
import { defined } from './clients.ts';
import { unprocessable } from './errors.ts';
import { type Body, bodyOf, filledText, flag, named, number, requiredText } from './input.ts';
import { byActivity, listPage, stamp } from './list.ts';
import { requireNoTimer } from './lock.ts';
import type { HarvestState, User } from './state.ts';

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
      defaultHourlyRate: number(body, 'default_hourly_rate') ?? 0,
      costRate: number(body, 'cost_rate') ?? 0,
    };
    requireEmail(state, user.email);
    state.users.set(user.id, user);
    return c.json(describeUser(user), 201);
  });

  app.get('/v2/users/:id', (c) => c.json(describeUser(named(state.users, c.req.param('id')))));

  app.patch('/v2/users/:id', async (c) => {
    const user = named(state.users, c.req.param('id'));
    const fields = fieldsOf(await bodyOf(c));
    const { firstName, lastName, email } = fields;
    if (!user.active && [firstName, lastName, email].some((value) => value !== undefined))
      throw unprocessable("Name and email can't be updated while the person is archived");
    if (email !== undefined) requireEmail(state, email, user.id);
    if (user.active && fields.active === false) archive(state, user);
    Object.assign(user, fields);
    state.touch(user);
    return c.json(describeUser(user));
  });

  app.delete('/v2/users/:id', (c) => {
    const user = named(state.users, c.req.param('id'));
    for (const { userId } of [...state.timeEntries.values(), ...state.expenses.values()])
      if (userId === user.id) throw unprocessable('User has time or expenses and cannot be deleted');
    for (const { id, userId } of [...state.userAssignments.values()])
      if (userId === user.id) state.userAssignments.delete(id);
    state.users.delete(user.id);
    return c.body(null, 200);
  });
}

/** An archived person is archived from all projects too, and stays so when restored. */
function archive(state: HarvestState, user: User): void {
  requireNoTimer(state, 'User', ({ userId }) => userId === user.id);
  for (const assignment of state.userAssignments.values())
    if (assignment.userId === user.id && assignment.active) {
      assignment.active = false;
      state.touch(assignment);
    }
}

/** The person whom the token belongs to. */
export const me = (state: HarvestState): User => [...state.users.values()][0] as User;

export const fullNameOf = ({ firstName, lastName }: User): string => `${firstName} ${lastName}`;

function requireEmail(state: HarvestState, email: string, own?: number): void {
  if (!/^[^@\s]+@[^@\s]+$/.test(email)) throw unprocessable('Email is invalid');
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
    accessRoles: accessRoles(body),
  }) as Partial<User>;

const mainRoles = ['administrator', 'manager', 'member'];

/** One of the main roles, and with `manager` some of the others. */
function accessRoles(body: Body): string[] | undefined {
  const roles = body.access_roles;
  if (roles === undefined) return undefined;
  if (!Array.isArray(roles) || roles.filter((role) => mainRoles.includes(role)).length !== 1)
    throw unprocessable('Access roles is invalid');
  return roles;
}

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
  weekly_capacity: weeklyCapacity,
  default_hourly_rate: user.defaultHourlyRate,
  cost_rate: user.costRate,
  roles: [],
  access_roles: user.accessRoles,
  avatar_url: '',
  created_at: stamp(user.createdAt),
  updated_at: stamp(user.updatedAt),
});

/** Seconds; 40 hours. */
export const weeklyCapacity = 144_000;
