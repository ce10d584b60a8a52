import { afterEach, beforeEach, expect, it } from 'vitest';
import { createHubspot } from '../../../bridge/systems/hubspot/connector.ts';
import type { HubspotOptions } from '../../../bridge/systems/hubspot/options.ts';
import type { Connector, SystemExtension } from '../../../bridge/systems/system.ts';
import { never } from '../../conformance/outcome.ts';
import { ownFields } from '../../conformance/own-fields.ts';
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

it('remembers the account that answered, and touches no other', async () => {
  const pinned: string[] = [];
  await connect({
    async pin(account) {
      pinned.push(account);
      return '4711';
    },
  }).setup(never);
  expect(pinned).toHaveLength(1);
  expect(sandbox.state.properties.companies.get('services_bridge_reference')).toBeUndefined();
  const other = connect({ pin: async () => '4711' });
  expect((await other.setup(never)).filter(({ level }) => level === 'error')).toMatchObject([
    { message: expect.stringContaining('belongs to the HubSpot account 4711'), remedy: expect.any(String) },
  ]);
  expect(await errors(other)).toContainEqual(expect.stringContaining(`the token to ${pinned[0]}`));
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

const extensions = ownFields('customer', (field) => field.replace('x_', 'firm_'));
const [text, code, flag, decimal, day] = extensions as [
  SystemExtension,
  SystemExtension,
  SystemExtension,
  SystemExtension,
  SystemExtension,
];
const property = (name: string) => sandbox.state.properties.companies.get(name);

it("creates the properties for the firm's own fields, of the type for their kind", async () => {
  const connector = connect({ extensions });
  expect(await errors(connector)).toContainEqual(expect.stringContaining('companies lack'));
  await connector.setup(never);
  expect(extensions.map(({ name }) => property(name))).toMatchObject([
    {
      type: 'string',
      fieldType: 'text',
      label: 'Motto',
      description: text.meaning,
      groupName: 'services_bridge',
    },
    {
      type: 'enumeration',
      fieldType: 'select',
      options: [
        { label: 'Gold', value: 'gold' },
        { label: 'Silver', value: 'silver' },
      ],
    },
    { type: 'enumeration', fieldType: 'booleancheckbox' },
    { type: 'number', fieldType: 'number' },
    { type: 'date', fieldType: 'date' },
  ]);
  expect(sandbox.state.properties.deals.get(text.name)).toBeUndefined();
  expect(await errors(connector)).toEqual([]);
});

it('gives options whose names would look alike their values as labels', async () => {
  await connect({ extensions: [{ ...code, values: ['A_B', 'a b', 'C'] }] }).setup(never);
  expect(property(code.name)?.options.map(({ label }) => label)).toEqual(['A_B', 'a b', 'C']);
});

it("takes a checkbox that a person made for a flag, and one of HubSpot's own properties for a text", async () => {
  const made = { label: 'By hand', fieldType: 'booleancheckbox', groupName: 'standard' };
  sandbox.state.properties.companies.create({ ...made, name: flag.name, type: 'bool' });
  const connector = connect({ extensions: [flag, { ...text, name: 'description' }] });
  await connector.setup(never);
  expect(await errors(connector)).toEqual([]);
});

it.each<[string, SystemExtension, Record<string, unknown> | undefined]>([
  ['is of type string (text), which is no decimal', decimal, { type: 'string', fieldType: 'text' }],
  ['is of type datetime (date), which is no day', day, { type: 'datetime', fieldType: 'date' }],
  [
    'is of type enumeration (checkbox), which is no code',
    code,
    { type: 'enumeration', fieldType: 'checkbox', options: ['gold', 'silver'] },
  ],
  [
    'is of type enumeration (select), which is no flag',
    flag,
    { type: 'enumeration', fieldType: 'select', options: ['yes', 'no'] },
  ],
  ['lacks the options silver', code, { type: 'enumeration', fieldType: 'radio', options: ['gold'] }],
  ['is computed by HubSpot', { ...decimal, name: 'hs_object_id' }, undefined],
  ['is one that the bridge keeps another field in', { ...text, name: 'city' }, undefined],
  [
    'is one that the bridge keeps another field in',
    { ...text, name: 'services_bridge_vat', written: false },
    undefined,
  ],
  ['Invalid property name Firm-Motto', { ...text, name: 'Firm-Motto' }, undefined],
])('refuses a property that %s, and says what to do', async (message, extension, definition) => {
  if (definition !== undefined) {
    const { options = [], ...rest } = definition;
    sandbox.state.properties.companies.create({
      name: extension.name,
      label: 'Made by hand',
      groupName: 'standard',
      ...rest,
      options: (options as string[]).map((value) => ({ label: value, value })),
    });
  }
  const connector = connect({ extensions: [extension] });
  const findings = (await connector.setup(never)).filter(({ level }) => level === 'error');
  expect(findings).toMatchObject([
    { message: expect.stringContaining(message), remedy: expect.stringMatching(/\w{4}/) },
  ]);
});

it('warns of options that the rules do not know where they read them', async () => {
  sandbox.state.properties.companies.create({
    name: code.name,
    label: 'Made by hand',
    groupName: 'standard',
    type: 'enumeration',
    fieldType: 'select',
    options: ['gold', 'bronze'].map((value) => ({ label: value, value })),
  });
  const connector = connect({ extensions: [{ ...code, written: false }] });
  await connector.setup(never);
  expect((await connector.check(never)).filter(({ level }) => level !== 'ok')).toMatchObject([
    { level: 'warning', message: expect.stringContaining('bronze'), remedy: expect.any(String) },
  ]);
});
