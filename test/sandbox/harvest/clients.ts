import type { Hono } from 'hono';
import type { SandboxEnvironment } from '../server.ts';
import { unprocessable } from './errors.ts';
import {
  bodyOf,
  filledText,
  flag,
  named,
  optionalText,
  requiredText,
  requireFreeName,
  text,
} from './input.ts';
import { byActivity, listPage, stamp } from './list.ts';
import type { Client, HarvestState } from './state.ts';

export function addClientRoutes(app: Hono<SandboxEnvironment>, state: HarvestState): void {
  app.get('/v2/clients', (c) =>
    listPage(c, 'clients', byActivity(c, state.clients.values()), describeClient),
  );

  app.post('/v2/clients', async (c) => {
    const body = await bodyOf(c);
    const name = requiredText(body, 'name');
    requireFreeName(state.clients.values(), name);
    const client: Client = {
      ...state.dated(),
      name,
      active: flag(body, 'is_active') ?? true,
      address: optionalText(body, 'address') ?? null,
      currency: currencyOf(text(body, 'currency')) ?? state.currency,
    };
    state.clients.set(client.id, client);
    return c.json(describeClient(client), 201);
  });

  app.get('/v2/clients/:id', (c) => c.json(describeClient(named(state.clients, c.req.param('id')))));

  app.patch('/v2/clients/:id', async (c) => {
    const client = named(state.clients, c.req.param('id'));
    const body = await bodyOf(c);
    const name = filledText(body, 'name');
    requireFreeName(state.clients.values(), name, client.id);
    const currency = currencyOf(text(body, 'currency'));
    const active = flag(body, 'is_active');
    const address = optionalText(body, 'address');
    Object.assign(client, defined({ name, currency, active, address }));
    state.touch(client);
    return c.json(describeClient(client));
  });

  app.delete('/v2/clients/:id', (c) => {
    const client = named(state.clients, c.req.param('id'));
    if ([...state.projects.values()].some((project) => project.clientId === client.id))
      throw unprocessable('Client is associated with projects and cannot be deleted');
    state.clients.delete(client.id);
    return c.body(null, 200);
  });
}

/** Without the fields that were not sent. */
export function defined<Fields extends object>(fields: Fields): Partial<Fields> {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined),
  ) as Partial<Fields>;
}

function currencyOf(value: string | undefined): string | undefined {
  if (value !== undefined && !/^[A-Z]{3}$/.test(value))
    throw unprocessable('Currency is not included in the list');
  return value;
}

const describeClient = (client: Client) => ({
  id: client.id,
  name: client.name,
  is_active: client.active,
  address: client.address,
  statement_key: `${client.id}`.padStart(32, '0'),
  currency: client.currency,
  created_at: stamp(client.createdAt),
  updated_at: stamp(client.updatedAt),
});
