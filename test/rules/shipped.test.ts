import { expect, test } from 'vitest';
import { entityNames } from '../../bridge/entities/catalogue.ts';
import { loadRules } from '../../bridge/rules/load.ts';
import type { ConnectorOffer } from '../../bridge/rules/offer.ts';
import { ownerOf } from '../../bridge/rules/ownership.ts';
import { createHarvest } from '../../bridge/systems/harvest/connector.ts';
import { createHubspot } from '../../bridge/systems/hubspot/connector.ts';
import { createOdoo } from '../../bridge/systems/odoo/connector.ts';
import type { Connector } from '../../bridge/systems/system.ts';

const offerOf = ({ system, streams, entities, actions }: Connector): ConnectorOffer => ({
  name: system,
  streams,
  entities,
  ...(actions === undefined ? {} : { actions }),
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
    'assignment-to-psa',
    'customer-to-crm',
    'customer-to-erp',
    'customer-to-psa',
    'expense-to-erp',
    'invoice-to-psa',
    'opportunity-to-erp',
    'opportunity-to-crm',
    'project-to-psa',
    'task-to-psa',
    'timesheet-to-erp',
    'worker-to-erp',
    'worker-to-psa',
  ]);
});

test('the shipped rules say who owns what they carry', () => {
  const written = shipped.rules.flatMap(({ entity, from, fields }) =>
    fields.map((field) => ({ field: `${entity}.${field}`, from, owner: ownerOf(shipped, entity, field) })),
  );
  expect(written.length).toBeGreaterThan(30);
  expect(written.filter(({ from, owner }) => from !== owner)).toEqual([]);
});

/** What only the erp has: it shows as billing fields, or the flows look at it. */
const onlyInErp = ['quote', 'contract', 'rate', 'milestone', 'payment'];

test('the shipped rules carry every entity that two of the systems have', () => {
  const carried = new Set(shipped.rules.map((rule) => rule.entity));
  const known = entityNames.filter((name) => [odoo, hubspot, harvest].some(({ entities }) => entities[name]));
  expect(known.filter((name) => !carried.has(name))).toEqual(onlyInErp);
});

test('what only the erp has is looked at by a flow, or shows as billing fields', () => {
  const looked = new Set(
    shipped.flows.flatMap(({ entity, objects }) => [entity, ...objects.map((object) => object.entity)]),
  );
  expect(onlyInErp.filter((name) => !looked.has(name as never))).toEqual(['rate', 'payment']);
});

test('what leaves for the books waits for a flow that has looked at it', () => {
  const asked = new Set(
    shipped.flows.flatMap(({ entity, objects, steps }) =>
      steps.flatMap((step) => {
        if (step.kind !== 'deliver') return [];
        const object = objects.find(({ name }) => name === step.on);
        return [`${object?.entity ?? entity} ${step.to}`];
      }),
    ),
  );
  const needed = shipped.rules.filter(({ create }) => create === 'needed');
  expect(needed.map(({ id }) => id)).toContain('timesheet-to-erp');
  // Customers come with what refers to them.
  expect(needed.filter(({ entity, to }) => !asked.has(`${entity} ${to}`)).map(({ id }) => id)).toEqual([
    'customer-to-erp',
    'customer-to-psa',
  ]);
});
