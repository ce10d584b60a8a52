import type { Hono } from 'hono';
import type { SandboxEnvironment } from '../server.ts';
import { associate, typesOf } from './associations.ts';
import { bodyOf } from './batch.ts';
import { invalid } from './errors.ts';
import {
  answerOf,
  archive,
  create,
  knownNames,
  objectType,
  requirePresent,
  requireValid,
  update,
} from './objects.ts';
import type { HubspotState } from './state.ts';

/** Create, read, change, archive and list objects one by one. */
export function addSingleRoutes(app: Hono<SandboxEnvironment>, state: HubspotState): void {
  app.get('/crm/v3/objects/:type', (c) => {
    const type = objectType(c.req.param('type'));
    const limit = Number(c.req.query('limit') ?? 10);
    if (!Number.isInteger(limit) || limit < 1 || limit > 100)
      throw invalid('limit must be between 1 and 100');
    const archived = c.req.query('archived') === 'true';
    const after = c.req.query('after') ?? '';
    const names = knownNames(state, type, namesOf(c.req.query('properties')));
    const objects = [...state.objects[type].values()]
      .filter((object) => (object.archivedAt !== undefined) === archived)
      .filter((object) => after === '' || Number(object.id) >= Number(after));
    const next = objects[limit];
    return c.json({
      results: objects.slice(0, limit).map((object) => answerOf(object, names)),
      ...(next === undefined ? {} : { paging: { next: { after: next.id } } }),
    });
  });

  app.post('/crm/v3/objects/:type', async (c) => {
    const type = objectType(c.req.param('type'));
    const body = await bodyOf(c);
    if (!Array.isArray(body.associations)) throw invalid('Some required fields were not set: [associations]');
    const properties = requireValid(state, type, body.properties);
    const companies = companiesIn(body.associations);
    for (const { id } of companies) requirePresent(state, 'companies', id);
    const object = create(state, type, properties);
    for (const { id, types } of companies) associate(state, object.id, id, types);
    return c.json(answerOf(object, Object.keys(properties)), 201);
  });

  app.get('/crm/v3/objects/:type/:id', (c) => {
    const type = objectType(c.req.param('type'));
    const names = knownNames(state, type, namesOf(c.req.query('properties')));
    return c.json(answerOf(requirePresent(state, type, c.req.param('id')), names));
  });

  app.patch('/crm/v3/objects/:type/:id', async (c) => {
    const type = objectType(c.req.param('type'));
    const object = requirePresent(state, type, c.req.param('id'));
    const properties = requireValid(state, type, (await bodyOf(c)).properties);
    return c.json(answerOf(update(state, type, object, properties), Object.keys(properties)));
  });

  app.delete('/crm/v3/objects/:type/:id', (c) => {
    archive(state, objectType(c.req.param('type')), c.req.param('id'));
    return c.body(null, 204);
  });
}

interface NewAssociation {
  readonly to?: { readonly id?: unknown };
  readonly types?: Parameters<typeof typesOf>[0]['types'];
}

/** What a new deal is connected with at once: companies, the only thing that there is. */
const companiesIn = (associations: readonly NewAssociation[]): { id: string; types: number[] }[] =>
  associations.map(({ to, types = [] }) => {
    if (typeof to?.id !== 'string') throw invalid('Some required fields were not set: [to.id]');
    return { id: to.id, types: typesOf({ types }) };
  });

const namesOf = (text: string | undefined): string[] => (text === undefined ? [] : text.split(','));
