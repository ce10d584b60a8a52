import { expect, onTestFinished, test } from 'vitest';
import type { EngineEvent } from '../../../bridge/engine/observer.ts';
import type { EntityName } from '../../../bridge/entities/catalogue.ts';
import { startSchedule } from '../../../bridge/intake/schedule.ts';
import type { Reading } from '../../../bridge/store/apply.ts';
import { openStore } from '../../../bridge/store/store.ts';
import { ownFields } from '../../conformance/own-fields.ts';
import { temporaryPath } from '../../store/temporary.ts';
import { searchDelay, startHubspot } from './start.ts';

/** A bridge that polls HubSpot every second, as far as the records that it keeps. */
async function startPolling() {
  const extensions = [
    ...ownFields('customer', (field) => field),
    ...ownFields('opportunity', (field) => field),
  ];
  const hubspot = await startHubspot({ extensions });
  const store = await openStore(temporaryPath());
  let polled: (event: EngineEvent) => void = () => {};
  const schedule = startSchedule({
    store,
    declarations: [
      {
        name: 'hubspot',
        connector: 'hubspot',
        role: 'crm',
        poll: { companies: '* * * * * *', deals: '* * * * * *' },
        options: {},
        shadow: false,
      },
    ],
    connector: () => hubspot.connector,
    ready: async () => true,
    observe: (event) => polled(event),
    now: hubspot.clock.now,
    random: () => 0.5,
    onEvents: () => {},
  });
  onTestFinished(async () => {
    await schedule.stop();
    await hubspot.close();
    await store.close();
  });

  /** The events that the next polls bring in which find something. */
  async function arrived(stream: string) {
    const { promise, resolve } = Promise.withResolvers<void>();
    polled = (event) => {
      if (event.kind === 'polled' && event.stream === stream && event.accepted > 0) resolve();
    };
    hubspot.clock.advance(searchDelay);
    await promise;
    const events = await store.openEvents('hubspot', [0, 1, 2], 100);
    const readings = events.map((event): Reading => {
      const { type, objectId: id, state = null, correlation, echo } = event;
      return { system: 'hubspot', entity: type as EntityName, id, state, correlation, echo };
    });
    const finished = events.map(({ seq }) => seq);
    await store.apply({ readings, finished, failed: [], route: () => [] });
    return events.map(({ type, objectId, state }) => ({ type, objectId, state }));
  }
  return { ...hubspot, arrived };
}

test('what a person enters on a company in HubSpot comes in with the next poll', async () => {
  const { sandbox, arrived } = await startPolling();
  const objectId = sandbox.person.create('companies', { name: 'Acme', domain: 'acme.example' });
  expect(await arrived('companies')).toMatchObject([
    { type: 'customer', objectId, state: { name: 'Acme', is_company: true, x_segment: null } },
  ]);
  sandbox.person.edit('companies', objectId, { x_segment: 'gold', x_on_hold: 'false', phone: '+49 30 1' });
  expect(await arrived('companies')).toMatchObject([
    {
      type: 'customer',
      objectId,
      state: { name: 'Acme', phone: '+49 30 1', x_segment: 'gold', x_on_hold: false },
    },
  ]);
  sandbox.person.archive('companies', objectId);
  expect(await arrived('companies')).toEqual([{ type: 'customer', objectId, state: null }]);
});

test('what a person enters on a deal in HubSpot comes in with the next poll', async () => {
  const { sandbox, arrived } = await startPolling();
  const objectId = sandbox.person.create('deals', { dealname: 'Big one', dealstage: 'contractsent' });
  expect(await arrived('deals')).toMatchObject([
    { type: 'opportunity', objectId, state: { name: 'Big one', status: 'open', x_score: null } },
  ]);
  sandbox.person.edit('deals', objectId, {
    dealstage: 'closedwon',
    x_score: '8.50',
    x_reviewed_on: '2026-03-01',
  });
  expect(await arrived('deals')).toMatchObject([
    {
      type: 'opportunity',
      objectId,
      state: { status: 'won', x_score: '8.5', x_reviewed_on: '2026-03-01' },
    },
  ]);
});
