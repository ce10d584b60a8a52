import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { State } from '../../../bridge/entities/field.ts';
import type { WriteResult } from '../../../bridge/systems/system.ts';
import { drain, never } from '../../conformance/outcome.ts';
import { type RunningHubspot, searchDelay, startHubspot } from './start.ts';

let hubspot: RunningHubspot;
beforeEach(async () => {
  hubspot = await startHubspot();
});
afterEach(() => hubspot.close());

const newDeal = (properties: Record<string, string> = {}) =>
  hubspot.sandbox.person.create('deals', { dealname: 'Deal', dealstage: 'contractsent', ...properties });
const newCompany = (name: string) => hubspot.sandbox.person.create('companies', { name });

async function stateOf(deal: string): Promise<State | null | undefined> {
  const [snapshot] = await hubspot.connector.read('opportunity', [deal], never);
  return snapshot?.state;
}

async function write(id: string, fields: State): Promise<WriteResult | undefined> {
  const change = { reference: 'odoo:opportunity:1', id, fields, uncertain: false };
  return (await hubspot.connector.write('opportunity', [change], never))[0];
}

describe('a deal', () => {
  it('takes the project, the service line and the billing method', async () => {
    const deal = newDeal();
    const fields = { project: 'S00042 Platform', service_line: 'Cloud', billing_method: 'milestone' };
    expect(await write(deal, fields)).toMatchObject({ ok: true });
    expect(await stateOf(deal)).toMatchObject(fields);
    expect(await write(deal, { project: null })).toMatchObject({ ok: true });
    expect(await stateOf(deal)).toMatchObject({ ...fields, project: null });
  });

  it('refuses a billing method that is none', async () => {
    expect(await write(newDeal(), { billing_method: 'barter' })).toMatchObject({
      ok: false,
      error: 'invalid',
      message: expect.stringContaining('services_bridge_billing_method: barter was not one of'),
    });
  });

  it('has the probability of its stage, which nobody else writes', async () => {
    const deal = newDeal();
    expect(await stateOf(deal)).toMatchObject({ probability: '90' });
    expect(hubspot.connector.entities.opportunity?.write?.fields).not.toContain('probability');
    expect(await write(deal, { probability: '10' })).toMatchObject({
      ok: false,
      message: 'HubSpot\'s deals have no place for the field "probability".',
    });
    hubspot.sandbox.person.edit('deals', deal, { dealstage: 'closedlost' });
    expect(await stateOf(deal)).toMatchObject({ probability: '0' });
  });

  it('is the sale to its primary company, though it has others, and more than one answer tells', async () => {
    hubspot.sandbox.state.associationPage = 2;
    const [deal, other] = [newDeal(), newDeal()];
    const companies = Array.from({ length: 5 }, (_, number) => newCompany(`Company ${number}`));
    for (const company of companies) hubspot.sandbox.person.connect(deal, company);
    hubspot.sandbox.person.connect(other, companies[3] as string);
    await write(deal, { customer: companies[4] as string });
    hubspot.sandbox.calls.clear();
    const snapshots = await hubspot.connector.read('opportunity', [deal, other], never);
    expect(snapshots.map(({ state }) => state?.customer)).toEqual([companies[4], companies[3]]);
    expect(hubspot.sandbox.calls.count('POST /crm/v4/associations/deals/companies/batch/read')).toBe(3);
  });

  it('is the sale to the oldest of several companies none of which is primary', async () => {
    const deal = newDeal();
    const [older, newer] = [newCompany('Older'), newCompany('Newer')];
    hubspot.sandbox.person.connect(deal, newer);
    hubspot.sandbox.person.connect(deal, older);
    for (const { types } of hubspot.sandbox.state.companiesOfDeal.get(deal) ?? []) types.delete(5);
    expect(await stateOf(deal)).toMatchObject({ customer: older });
  });

  it('comes with all of it when it is polled', async () => {
    const deal = newDeal({
      services_bridge_service_line: 'Cloud',
      services_bridge_billing_method: 'fixed_fee',
      hubspot_owner_id: '501',
      amount: '9000',
      deal_currency_code: 'EUR',
      closedate: '2026-03-01',
    });
    const company = newCompany('Buyer');
    hubspot.sandbox.person.connect(deal, company);
    hubspot.clock.advance(searchDelay);
    const { snapshots } = await drain(hubspot.connector.poll('deals', undefined, never));
    expect(snapshots).toMatchObject([
      {
        id: deal,
        state: {
          name: 'Deal',
          customer: company,
          service_line: 'Cloud',
          billing_method: 'fixed_fee',
          owner_email: 'sam.seller@example.com',
          amount: '9000',
          currency: 'EUR',
          close_on: '2026-03-01',
          probability: '90',
          project: null,
        },
      },
    ]);
  });
});
