import { createHubspot } from '../../../bridge/systems/hubspot/connector.ts';
import { describeConnector } from '../../conformance/connector.ts';
import type { PolledStream, RunningSystem, WrittenEntity } from '../../conformance/harness.ts';
import { ownFields, ownValues } from '../../conformance/own-fields.ts';
import { searchDelay, startHubspot } from './start.ts';

const extensions = [
  ...ownFields('customer', (field) => field.replace('x_', 'firm_')),
  ...ownFields('opportunity', (field) => field.replace('x_', 'firm_')),
];

/** What a person enters in HubSpot for `ownValues`. */
const entered = {
  firm_motto: String(ownValues.x_motto),
  firm_segment: 'gold',
  firm_on_hold: 'true',
  firm_score: '1234.50',
  firm_reviewed_on: '2026-02-28',
};

describeConnector('HubSpot', {
  extended: ['customer', 'opportunity'],
  entities: ['customer', 'opportunity'],
  streams: ['companies', 'deals'],
  faults: true,
  async start(): Promise<RunningSystem> {
    const { sandbox, clock, connector, close } = await startHubspot({ extensions });
    let number = 0;
    const company = () => sandbox.person.create('companies', { name: `Company ${++number}` });

    const customer: WrittenEntity = {
      entity: 'customer',
      async fields() {
        const name = `Customer ${++number}`;
        return {
          name,
          vat: `DE${number}`,
          domain: `customer${number}.example`,
          country: 'DE',
          city: 'Berlin',
        };
      },
      change: {
        city: 'Hamburg',
        billing_status: 'open',
        billing_open: '119.00',
        billing_invoice_due_on: '2026-04-01',
      },
      refused: { billing_status: 'unheard of' },
      creates: { method: 'POST', path: '/crm/v3/objects/companies/batch/upsert' },
      repeatable: true,
    };
    const opportunity: WrittenEntity = {
      entity: 'opportunity',
      fields: async () => ({
        name: `Deal ${++number}`,
        customer: company(),
        amount: '12500.50',
        currency: 'EUR',
        status: 'open',
        close_on: '2026-05-31',
      }),
      change: { status: 'won', billing_invoice_number: 'INV/2026/00001', billing_invoice_total: '119.00' },
      refused: { amount: 'a lot' },
      creates: { method: 'POST', path: '/crm/v3/objects/deals/batch/upsert' },
      repeatable: true,
    };

    const companies: PolledStream = {
      stream: 'companies',
      entity: 'customer',
      create: async () => company(),
      async change(id) {
        clock.advance(1000);
        sandbox.person.edit('companies', id, { city: 'Bremen' });
      },
      async changeOwn(id) {
        clock.advance(1000);
        sandbox.person.edit('companies', id, entered);
        return ownValues;
      },
      async remove(id) {
        clock.advance(1000);
        sandbox.person.archive('companies', id);
      },
    };
    const deals: PolledStream = {
      stream: 'deals',
      entity: 'opportunity',
      create: async () =>
        sandbox.person.create('deals', { dealname: `Deal ${++number}`, dealstage: 'contractsent' }),
      async change(id) {
        clock.advance(1000);
        sandbox.person.edit('deals', id, { amount: '5000' });
      },
      async changeOwn(id) {
        clock.advance(1000);
        sandbox.person.edit('deals', id, entered);
        return ownValues;
      },
      async remove(id) {
        clock.advance(1000);
        sandbox.person.archive('deals', id);
      },
    };

    return {
      connector,
      connect: ({ unreachable, wrongSecret, timeoutMilliseconds, ...deviation }) =>
        createHubspot({
          baseUrl: unreachable ? 'http://127.0.0.1:1' : sandbox.url,
          token: () => (wrongSecret ? 'wrong-secret' : sandbox.token),
          extensions: deviation.extensions ?? extensions,
          ...(timeoutMilliseconds === undefined ? {} : { timeoutMilliseconds }),
        }),
      extensions,
      secrets: [sandbox.token, 'wrong-secret'],
      missingId: '4711',
      written: [customer, opportunity],
      streams: [companies, deals],
      count: async (entity) => sandbox.objects(entity === 'customer' ? 'companies' : 'deals').length,
      async settle() {
        clock.advance(searchDelay);
      },
      faults: sandbox.faults,
      readPath: '/crm/v3/objects/companies/batch/read',
      close,
    };
  },
});
