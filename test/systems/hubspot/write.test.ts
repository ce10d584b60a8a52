import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { State } from '../../../bridge/entities/field.ts';
import type { WriteChange } from '../../../bridge/systems/system.ts';
import { doneOf, never } from '../../conformance/outcome.ts';
import { type RunningHubspot, startHubspot } from './start.ts';

let hubspot: RunningHubspot;
beforeEach(async () => {
  hubspot = await startHubspot();
});
afterEach(() => hubspot.close());

const customer = (number: number, fields: State = {}, id?: string): WriteChange => ({
  reference: `odoo:customer:${number}`,
  fields: { name: `Customer ${number}`, ...fields },
  uncertain: false,
  ...(id === undefined ? {} : { id }),
});

describe('writing companies', () => {
  it('takes one call for a hundred new ones', async () => {
    const changes = Array.from({ length: 100 }, (_, index) => customer(index));
    const results = await hubspot.connector.write('customer', changes, never);
    expect(results.every((result) => result.ok && result.result === 'created')).toBe(true);
    expect(hubspot.sandbox.calls.calls()).toEqual({ 'POST /crm/v3/objects/companies/batch/upsert': 1 });
    const names = hubspot.sandbox.objects('companies').map(({ properties }) => properties.name);
    expect(names).toEqual(changes.map(({ fields }) => fields.name));
  });

  it('finds the one duplicate for which HubSpot refuses the whole batch', async () => {
    const { sandbox, connector } = hubspot;
    const taken = sandbox.person.create('companies', {
      name: 'Other',
      services_bridge_reference: 'odoo:customer:5',
    });
    const ids = Array.from({ length: 8 }, (_, number) =>
      sandbox.person.create('companies', { name: `Customer ${number}` }),
    );
    const changes = ids.map((id, number) => customer(number, { city: 'Bonn' }, id));
    const results = await connector.write('customer', changes, never);
    expect(results.map(({ ok }) => ok)).toEqual([true, true, true, true, true, false, true, true]);
    expect(results[5]).toMatchObject({ error: 'conflict', message: expect.stringContaining(taken) });
    expect(sandbox.objects('companies').filter(({ properties }) => properties.city === 'Bonn')).toHaveLength(
      7,
    );
  });

  it('tells the objects of a partly refused batch apart', async () => {
    const results = await hubspot.connector.write(
      'customer',
      [customer(1), customer(2, { billing_status: 'unheard of' }), customer(3)],
      never,
    );
    expect(results.map(({ ok }) => ok)).toEqual([true, false, true]);
    expect(results[1]).toEqual({
      ok: false,
      error: 'invalid',
      message: expect.stringMatching(/services_bridge_billing_status: unheard of was not one of/),
    });
    expect(hubspot.sandbox.calls.count('POST /crm/v3/objects/companies/batch/upsert')).toBe(1);
  });

  it('gives a company that people made its reference when it is written by id', async () => {
    const { sandbox, connector } = hubspot;
    const id = sandbox.person.create('companies', { name: 'By hand' });
    await connector.write('customer', [customer(7, { city: 'Köln' }, id)], never);
    expect(sandbox.objects('companies')).toMatchObject([
      { id, properties: { city: 'Köln', services_bridge_reference: 'odoo:customer:7' } },
    ]);
  });

  it('writes changes and creations of one call, and keeps what worked when the rest finds no answer', async () => {
    const { sandbox, connector } = hubspot;
    const id = sandbox.person.create('companies', { name: 'Known' });
    sandbox.faults.add({ path: 'batch/upsert', action: { kind: 'status', status: 503 } });
    const results = await connector.write('customer', [customer(1), customer(2, {}, id)], never);
    expect(results).toMatchObject([
      { ok: false, error: 'unavailable' },
      { ok: true, id },
    ]);
  });

  it('lets the rest of a call wait when the token ends amid it', async () => {
    const { sandbox, connector } = hubspot;
    const id = sandbox.person.create('companies', { name: 'Known' });
    sandbox.faults.add({ path: 'batch/upsert', action: { kind: 'status', status: 401 } });
    const results = await connector.write('customer', [customer(1), customer(2, {}, id)], never);
    expect(results).toMatchObject([
      { ok: false, error: 'unavailable' },
      { ok: true, id },
    ]);
  });

  it('settles a race between two upserts of one reference', async () => {
    const { sandbox, connector } = hubspot;
    const [first] = await connector.write('customer', [customer(1)], never);
    sandbox.faults.add({ path: 'batch/upsert', action: { kind: 'status', status: 409 } });
    const [second] = await connector.write('customer', [customer(1, { city: 'Bonn' })], never);
    expect(second).toEqual({ ok: true, id: doneOf(first).id, result: 'updated' });
    expect(sandbox.objects('companies')).toMatchObject([{ properties: { city: 'Bonn' } }]);
  });

  it('stays below the limit of the account', async () => {
    await hubspot.close();
    const limit = { requests: 5, milliseconds: 300 };
    hubspot = await startHubspot({ limit, searchLimit: limit }, { quota: limit, searchQuota: limit });
    const { sandbox, connector } = hubspot;
    const calls = Array.from({ length: 12 }, (_, number) =>
      connector.write('customer', [customer(number)], never),
    );
    await Promise.all([...calls, connector.find('customer', 'name', ['A', 'B', 'C', 'D', 'E', 'F'], never)]);
    const statuses = sandbox.calls.entries().map(({ status }) => status);
    expect(statuses).toHaveLength(14);
    expect(statuses).not.toContain(429);
  });

  it('clears what is empty and leaves what is absent', async () => {
    const { sandbox, connector } = hubspot;
    const [first] = await connector.write('customer', [customer(1, { city: 'Ulm', phone: '123' })], never);
    const { id } = doneOf(first);
    await connector.write('customer', [customer(1, { city: null }, id)], never);
    expect(sandbox.objects('companies')[0]?.properties).toMatchObject({ phone: '123' });
    const [snapshot] = await connector.read('customer', [id], never);
    expect(snapshot?.state).toMatchObject({ city: null, phone: '123' });
  });

  it('refuses a field that HubSpot has no place for, by its name', async () => {
    const results = await hubspot.connector.write('customer', [customer(1, { active: true })], never);
    expect(results).toMatchObject([
      { ok: false, error: 'invalid', message: expect.stringContaining('active') },
    ]);
    expect(hubspot.sandbox.calls.calls()).toEqual({});
  });
});

describe('writing deals', () => {
  const deal = (fields: State, id?: string): WriteChange => ({
    reference: 'odoo:opportunity:1',
    fields,
    uncertain: false,
    ...(id === undefined ? {} : { id }),
  });
  const stageOf = (id: string) =>
    hubspot.sandbox.objects('deals').find((object) => object.id === id)?.properties.dealstage;

  it('leaves an open deal in the stage that the salesperson chose', async () => {
    const { sandbox, connector } = hubspot;
    const id = sandbox.person.create('deals', { dealname: 'Big one', dealstage: 'contractsent' });
    await connector.write('opportunity', [deal({ status: 'open', amount: '10' }, id)], never);
    expect(stageOf(id)).toBe('contractsent');
    await connector.write('opportunity', [deal({ status: 'won' }, id)], never);
    expect(stageOf(id)).toBe('closedwon');
    await connector.write('opportunity', [deal({ billing_status: 'paid' }, id)], never);
    expect(stageOf(id)).toBe('closedwon');
  });

  it('starts a new deal in the configured stage, even when only its name is known', async () => {
    const [result] = await hubspot.connector.write('opportunity', [deal({ name: 'New' })], never);
    expect(stageOf(doneOf(result).id)).toBe('appointmentscheduled');
  });

  it('moves a deal to another company, and takes the company away', async () => {
    const { sandbox, connector } = hubspot;
    const [one, two] = ['One', 'Two'].map((name) => sandbox.person.create('companies', { name }));
    const [result] = await connector.write(
      'opportunity',
      [deal({ name: 'New', customer: one ?? null })],
      never,
    );
    const { id } = doneOf(result);
    expect(sandbox.companyOf(id)).toBe(one);
    await connector.write('opportunity', [deal({ customer: two ?? null }, id)], never);
    expect(sandbox.companyOf(id)).toBe(two);
    sandbox.calls.clear();
    await connector.write('opportunity', [deal({ customer: two ?? null }, id)], never);
    expect(sandbox.calls.count('POST /crm/v4/associations/deals/companies/batch/create')).toBe(0);
    await connector.write('opportunity', [deal({ customer: null }, id)], never);
    expect(sandbox.companyOf(id)).toBeUndefined();
  });

  it('lets a deal wait whose company could not be connected for want of rights', async () => {
    const { sandbox, connector } = hubspot;
    const company = sandbox.person.create('companies', { name: 'One' });
    const change = deal({ name: 'New', customer: company });
    sandbox.faults.add({ path: 'associations', action: { kind: 'status', status: 403 } });
    expect(await connector.write('opportunity', [change], never)).toMatchObject([
      { ok: false, error: 'unavailable' },
    ]);
    const [again] = await connector.write('opportunity', [change], never);
    expect(sandbox.companyOf(doneOf(again).id)).toBe(company);
    expect(sandbox.objects('deals')).toHaveLength(1);
  });

  it('says that the company is missing, and connects it when the change comes again', async () => {
    const { sandbox, connector } = hubspot;
    const change = deal({ name: 'New', customer: '4711' });
    const [result] = await connector.write('opportunity', [change], never);
    expect(result).toMatchObject({ ok: false, error: 'missing' });
    const company = sandbox.person.create('companies', { name: 'Late' });
    const [again] = await connector.write('opportunity', [deal({ name: 'New', customer: company })], never);
    expect(sandbox.companyOf(doneOf(again).id)).toBe(company);
    expect(sandbox.objects('deals')).toHaveLength(1);
  });
});
