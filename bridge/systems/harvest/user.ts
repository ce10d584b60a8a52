import type { State } from '../../entities/field.ts';
import { failed } from '../failed.ts';
import type { WriteChange, WriteResult } from '../system.ts';
import { alreadyTaken, type HarvestApi } from './api.ts';
import { fullName } from './mapping.ts';
import { inPath, lists, type User } from './objects.ts';
import { done, present } from './result.ts';

export const userFields = ['name', 'email', 'active'] as const;

/**
 * Writes a worker as a user. Addresses are unique in an account: the address finds a user whose creation was not confirmed,
 * or whom people invited before. Harvest sends everybody whom it creates an invitation.
 */
export async function writeUser(
  api: HarvestApi,
  change: WriteChange,
  signal: AbortSignal,
): Promise<WriteResult> {
  const { id, fields, reference } = change;
  const names = namesOf(fields.name);
  if (names === null) return failed('invalid', 'Harvest needs a first and a last name for every person.');
  if (fields.email === null) return failed('invalid', 'Harvest needs an e-mail address for every person.');
  if (id !== undefined) {
    const user = await api.get<User>(`/users/${inPath(id)}`, `read user ${id}`, signal);
    return update(api, user, fields, 'updated', signal);
  }
  const { email } = fields;
  if (names === undefined || typeof email !== 'string')
    return failed('invalid', 'Harvest needs a name and an e-mail address for every person.');
  if (change.uncertain) {
    const earlier = (change.earlier ?? []).flatMap((sent) =>
      typeof sent.email === 'string' ? [sent.email] : [],
    );
    const user = await findByEmail(api, [...earlier, email], signal);
    if (user !== undefined) return update(api, user, fields, 'adopted', signal);
  }
  try {
    const body = present({ ...names, email, is_active: fields.active });
    const user = await api.create<User>('/users', body, `create the user of ${reference}`, signal);
    return done(user.id, 'created');
  } catch (error) {
    const user = alreadyTaken(error) ? await findByEmail(api, [email], signal) : undefined;
    if (user === undefined) throw error;
    return update(api, user, fields, 'adopted', signal);
  }
}

type Names = Pick<User, 'first_name' | 'last_name'>;

/** The last word is the last name; `null` when there is but one, `undefined` when no name is given. */
function namesOf(name: State[string] | undefined): Names | null | undefined {
  if (name === undefined) return undefined;
  const words = String(name ?? '')
    .trim()
    .split(/\s+/);
  const last = words.pop();
  if (last === undefined || words.length === 0) return null;
  return { first_name: words.join(' '), last_name: last };
}

async function update(
  api: HarvestApi,
  user: User,
  fields: State,
  result: 'updated' | 'adopted',
  signal: AbortSignal,
): Promise<WriteResult> {
  const { name, email, active } = fields;
  const renamed = typeof name === 'string' && name !== fullName(user) ? namesOf(name) : undefined;
  const moved = typeof email === 'string' && email !== user.email.toLowerCase() ? { email } : undefined;
  const details = { ...renamed, ...moved };
  const differs = Object.keys(details).length > 0;
  const switched = typeof active === 'boolean' && active !== user.is_active;
  if (!differs && !switched) return done(user.id, result === 'adopted' ? 'adopted' : 'unchanged');
  if (differs && !user.is_active && !switched)
    return failed(
      'conflict',
      `${fullName(user)} is archived in Harvest, where archived people keep their name and address. Restore the person there, or leave both as they are.`,
    );
  const send = (body: object) => api.change(`/users/${user.id}`, body, `change user ${user.id}`, signal);
  // Harvest changes names and addresses of active people only: first who comes back, last who leaves.
  if (switched && active) await send({ is_active: true });
  if (differs) await send(details);
  if (switched && !active) await send({ is_active: false });
  return done(user.id, result);
}

/** The user who has the first of the addresses that one has. */
async function findByEmail(
  api: HarvestApi,
  emails: readonly string[],
  signal: AbortSignal,
): Promise<User | undefined> {
  const users = await api.all<User>(lists.users, {}, signal);
  for (const email of emails) {
    const user = users.find((candidate) => candidate.email.toLowerCase() === email.toLowerCase());
    if (user !== undefined) return user;
  }
  return undefined;
}
