import { expect, onTestFinished, test } from 'vitest';
import type { EntityName } from '../../../bridge/entities/catalogue.ts';
import { createOdoo } from '../../../bridge/systems/odoo/connector.ts';
import { json, startFakeOdoo } from './fake-odoo.ts';

const { signal } = new AbortController();

/** The legal entity of an object whose record in Odoo has this company; only fields that are asked for are answered. */
async function legalEntityOf(entity: EntityName, model: string, company: unknown): Promise<unknown> {
  const records: Record<string, object> = { [model]: { id: 7, company_id: company, name: 'Seven' } };
  const odoo = await startFakeOdoo(({ path, body }, response) => {
    const record = records[path.split('/')[3] ?? ''];
    const { fields } = JSON.parse(body) as { fields: readonly string[] };
    const row = Object.entries(record ?? {}).filter(([name]) => name === 'id' || fields.includes(name));
    json(response, 200, record === undefined ? [] : [Object.fromEntries(row)]);
  });
  const connector = createOdoo({
    system: 'odoo',
    url: odoo.url,
    database: 'firm',
    login: 'bridge',
    apiKey: 'key',
    transport: 'json2',
  });
  onTestFinished(() => connector.close());
  const [snapshot] = await connector.read(entity, ['7'], signal);
  return snapshot?.state?.legal_entity;
}

const models = [
  ['customer', 'res.partner'],
  ['opportunity', 'crm.lead'],
  ['project', 'project.project'],
  ['worker', 'hr.employee'],
  ['timesheet', 'account.analytic.line'],
  ['invoice', 'account.move'],
] as const;

test.each(models)('the legal entity of a %s is the name of its company', async (entity, model) => {
  expect(await legalEntityOf(entity, model, [2, 'Firm Deutschland GmbH'])).toBe('Firm Deutschland GmbH');
});

test.each(models)('a %s that all companies share has none', async (entity, model) => {
  expect(await legalEntityOf(entity, model, false)).toBeNull();
});
