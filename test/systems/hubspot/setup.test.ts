import { afterEach, beforeEach, expect, it } from 'vitest';
import { createHubspot } from '../../../bridge/systems/hubspot/connector.ts';
import type { HubspotOptions } from '../../../bridge/systems/hubspot/options.ts';
import type { Connector } from '../../../bridge/systems/system.ts';
import { never } from '../../conformance/outcome.ts';
import { type HubspotSandbox, startHubspotSandbox } from '../../sandbox/hubspot/sandbox.ts';

let sandbox: HubspotSandbox;
const open: Connector[] = [];
const connect = (options: Partial<HubspotOptions> = {}): Connector => {
  const connector = createHubspot({ baseUrl: sandbox.url, token: () => sandbox.token, ...options });
  open.push(connector);
  return connector;
};
beforeEach(async () => {
  sandbox = await startHubspotSandbox();
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((connector) => connector.close()));
  await sandbox.close();
});

const errors = async (connector: Connector) =>
  (await connector.check(never)).filter(({ level }) => level === 'error').map(({ message }) => message);

it('creates the properties that the check misses, any number of times', async () => {
  const connector = connect();
  expect(await errors(connector)).toHaveLength(2);
  await connector.setup(never);
  await connector.setup(never);
  expect(await errors(connector)).toEqual([]);
  expect(sandbox.state.properties.deals.get('services_bridge_billing_status')).toMatchObject({
    type: 'enumeration',
    groupName: 'services_bridge',
    options: expect.arrayContaining([expect.objectContaining({ value: 'overdue', label: 'Overdue' })]),
  });
  expect(sandbox.state.properties.companies.get('services_bridge_reference')?.hasUniqueValue).toBe(true);
});

it('finds a property that is there but wrong', async () => {
  const connector = connect();
  await connector.setup(never);
  sandbox.state.properties.companies.archive('services_bridge_reference');
  sandbox.state.properties.companies.create({
    name: 'services_bridge_reference',
    label: 'Made by hand',
    type: 'string',
    fieldType: 'text',
    groupName: 'services_bridge',
  });
  expect(await errors(connector)).toEqual([expect.stringContaining('does not require unique values')]);
});

it('names the pipelines and stages that there are when the configured ones are not', async () => {
  await connect().setup(never);
  const remedies = async (connector: Connector) => (await connector.check(never)).map(({ remedy }) => remedy);
  expect(await remedies(connect({ pipeline: 'gone' }))).toContainEqual(expect.stringContaining('default'));
  const stages = { open: 'appointmentscheduled', won: 'contractsent', lost: 'gone' };
  const connector = connect({ stages });
  expect(await errors(connector)).toHaveLength(2);
  expect(await remedies(connector)).toContainEqual(expect.stringContaining('closedwon'));
});
