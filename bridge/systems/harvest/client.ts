import type { State } from '../../entities/field.ts';
import { failed } from '../failed.ts';
import type { WriteChange, WriteResult } from '../system.ts';
import { alreadyTaken, type HarvestApi } from './api.ts';
import { earlierNames, sameName } from './name.ts';
import { type Client, inPath, lists } from './objects.ts';
import { changed, done, present } from './result.ts';

export const clientFields = ['name', 'active'] as const;

/**
 * Writes a customer as a client. Clients keep no reference of ours, but their names are unique in an account: the name
 * finds a client whose creation was not confirmed, under the name that was sent then, or that people made before.
 */
export async function writeClient(
  api: HarvestApi,
  change: WriteChange,
  signal: AbortSignal,
): Promise<WriteResult> {
  const body = bodyOf(change.fields);
  if (change.id !== undefined) {
    const client = await api.get<Client>(`/clients/${inPath(change.id)}`, `read client ${change.id}`, signal);
    return update(api, client, body, 'updated', signal);
  }
  if (typeof body.name !== 'string') return failed('invalid', 'Harvest needs a name for every client.');
  const { name } = body;
  if (change.uncertain) {
    const client = await findByName(api, [...earlierNames(change), name], signal);
    if (client !== undefined) return update(api, client, body, 'adopted', signal);
  }
  try {
    const client = await api.create<Client>(
      '/clients',
      present(body),
      `create the client of ${change.reference}`,
      signal,
    );
    return done(client.id, 'created');
  } catch (error) {
    const client = alreadyTaken(error) ? await findByName(api, [name], signal) : undefined;
    if (client === undefined) throw error;
    return update(api, client, body, 'adopted', signal);
  }
}

interface ClientBody {
  readonly name: unknown;
  readonly is_active: unknown;
}

const bodyOf = (fields: State): ClientBody => ({ name: fields.name, is_active: fields.active });

async function update(
  api: HarvestApi,
  client: Client,
  body: ClientBody,
  result: 'updated' | 'adopted',
  signal: AbortSignal,
): Promise<WriteResult> {
  const difference = changed(client, body);
  if (difference === undefined) return done(client.id, result === 'adopted' ? 'adopted' : 'unchanged');
  await api.change(`/clients/${client.id}`, difference, `change client ${client.id}`, signal);
  return done(client.id, result);
}

/** The client that has the first of the names that one has. */
async function findByName(
  api: HarvestApi,
  names: readonly string[],
  signal: AbortSignal,
): Promise<Client | undefined> {
  const clients = await api.all<Client>(lists.clients, {}, signal);
  for (const name of names) {
    const client =
      clients.find((candidate) => candidate.name === name) ??
      clients.find((candidate) => sameName(candidate.name, name));
    if (client !== undefined) return client;
  }
  return undefined;
}
