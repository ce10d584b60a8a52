import { expect, test } from 'vitest';
import { entityNames } from '../../bridge/entities/catalogue.ts';
import { loadRules } from '../../bridge/rules/load.ts';
import type { ConnectorOffer } from '../../bridge/rules/offer.ts';
import { createHarvest } from '../../bridge/systems/harvest/connector.ts';
import { createHubspot } from '../../bridge/systems/hubspot/connector.ts';
import { createOdoo } from '../../bridge/systems/odoo/connector.ts';
import type { Connector } from '../../bridge/systems/system.ts';

const offerOf = ({ system, streams, entities }: Connector): ConnectorOffer => ({
  name: system,
  streams,
  entities,
});

// Made, but never called: nothing is asked but what they can do.
const odoo = createOdoo({
  system: 'odoo',
  url: 'http://127.0.0.1:1',
  database: 'none',
  login: 'nobody',
  apiKey: 'none',
});
const hubspot = createHubspot({ token: () => 'none' });
const harvest = createHarvest({ token: () => 'none', accountId: '1' });

const shipped = loadRules('sync-rules', [odoo, hubspot, harvest].map(offerOf));

test('the shipped rules suit the connectors', () => {
  expect(shipped.systems.map((system) => `${system.name} ${system.role}`)).toEqual([
    'odoo erp',
    'hubspot crm',
    'harvest psa',
  ]);
  expect(shipped.rules.map((rule) => rule.id)).toEqual([
    'customer-to-crm',
    'customer-to-psa',
    'opportunity-to-crm',
    'project-to-psa',
    'task-to-psa',
    'timesheet-to-erp',
    'worker-to-erp',
  ]);
});

test('the shipped rules say who owns what they carry', () => {
  const written = shipped.rules.flatMap(({ entity, from, fields }) =>
    fields.map((field) => ({
      from,
      owner: shipped.entities[entity]?.owners[field] ?? shipped.entities[entity]?.owner,
    })),
  );
  expect(written.length).toBeGreaterThan(30);
  expect(written.filter(({ from, owner }) => from !== owner)).toEqual([]);
});

test('the shipped rules carry every entity of the connectors but invoices, which show as billing fields', () => {
  const carried = new Set(shipped.rules.map((rule) => rule.entity));
  const known = entityNames.filter((name) => [odoo, hubspot, harvest].some(({ entities }) => entities[name]));
  expect(known.filter((name) => !carried.has(name))).toEqual(['invoice']);
});
