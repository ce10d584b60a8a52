import type { Hono } from 'hono';
import type { SandboxEnvironment } from '../server.ts';
import { bodyOf } from './batch.ts';
import { notFound } from './errors.ts';
import { objectType } from './objects.ts';
import type { HubspotState, Stage } from './state.ts';

/** What an account is set up with: properties, pipelines, owners, the account itself. */
export function addAccountRoutes(app: Hono<SandboxEnvironment>, state: HubspotState): void {
  const properties = '/crm/v3/properties/:type';
  app.get(properties, (c) => c.json({ results: state.properties[objectType(c.req.param('type'))].all() }));
  app.get(`${properties}/groups`, (c) =>
    c.json({ results: state.properties[objectType(c.req.param('type'))].groups() }),
  );
  app.post(`${properties}/groups`, async (c) => {
    const type = objectType(c.req.param('type'));
    return c.json(state.properties[type].createGroup(await bodyOf(c)), 201);
  });
  app.get(`${properties}/:name`, (c) => {
    const property = state.properties[objectType(c.req.param('type'))].get(c.req.param('name'));
    if (property === undefined) throw notFound(`Property ${c.req.param('name')} does not exist`);
    return c.json(property);
  });
  app.post(properties, async (c) => {
    const type = objectType(c.req.param('type'));
    return c.json(state.properties[type].create(await bodyOf(c)), 201);
  });
  app.delete(`${properties}/:name`, (c) => {
    state.properties[objectType(c.req.param('type'))].archive(c.req.param('name'));
    return c.body(null, 204);
  });

  app.get('/crm/v3/pipelines/deals', (c) =>
    c.json({
      results: state.pipelines.map(({ id, label, stages }, displayOrder) => ({
        id,
        label,
        displayOrder,
        archived: false,
        stages: stages.map(describeStage),
      })),
    }),
  );
  app.get('/crm/v3/owners', (c) =>
    c.json({ results: state.owners.map((owner) => ({ ...owner, type: 'PERSON', archived: false })) }),
  );
  app.get('/account-info/v3/details', (c) =>
    c.json({
      portalId: 21_939_747,
      accountType: 'STANDARD',
      timeZone: 'Europe/Berlin',
      companyCurrency: 'EUR',
      additionalCurrencies: ['USD', 'GBP', 'CHF'],
    }),
  );
}

const describeStage = ({ id, label, closed, probability }: Stage, displayOrder: number) => ({
  id,
  label,
  displayOrder,
  archived: false,
  metadata: { isClosed: String(closed), probability },
});
