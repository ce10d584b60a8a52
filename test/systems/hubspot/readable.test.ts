import { afterEach, beforeEach, expect, it } from 'vitest';
import { never } from '../../conformance/outcome.ts';
import { type RunningHubspot, startHubspot } from './start.ts';

let hubspot: RunningHubspot;
beforeEach(async () => {
  hubspot = await startHubspot();
});
afterEach(() => hubspot.close());

it.each([
  ['customer', () => hubspot.sandbox.person.create('companies', { name: 'Acme' })],
  [
    'opportunity',
    () => hubspot.sandbox.person.create('deals', { dealname: 'Deal', dealstage: 'contractsent' }),
  ],
] as const)('a %s is read with the fields that are declared', async (entity, create) => {
  const [snapshot] = await hubspot.connector.read(entity, [create()], never);
  const declared = hubspot.connector.entities[entity]?.read?.fields ?? [];
  expect(Object.keys(snapshot?.state ?? {}).sort()).toEqual([...declared].sort());
});
