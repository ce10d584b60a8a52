import { afterEach, describe, expect, it } from 'vitest';
import { drain, never } from '../../conformance/outcome.ts';
import { type RunningHubspot, searchDelay, startHubspot } from './start.ts';

let hubspot: RunningHubspot;
afterEach(() => hubspot.close());

const poll = (cursor?: string) => drain(hubspot.connector.poll('companies', cursor, never));
const ids = (polled: Awaited<ReturnType<typeof poll>>) => polled.snapshots.map(({ id }) => id);

describe('polling companies', () => {
  it('finds a company that search did not show in time for the first poll', async () => {
    hubspot = await startHubspot();
    const { sandbox, clock } = hubspot;
    const early = sandbox.person.create('companies', { name: 'Early' });
    clock.advance(searchDelay - 1);
    const late = sandbox.person.create('companies', { name: 'Late' });
    clock.advance(1);
    const first = await poll();
    expect(ids(first)).toEqual([early]);
    clock.advance(searchDelay);
    expect(ids(await poll(first.cursor))).toEqual([late]);
  });

  it('looks back for changes that search shows out of order', async () => {
    hubspot = await startHubspot();
    const { sandbox, clock } = hubspot;
    sandbox.state.searchDelay = 60_000;
    const slow = sandbox.person.create('companies', { name: 'Slow' });
    clock.advance(1000);
    sandbox.state.searchDelay = 0;
    const fast = sandbox.person.create('companies', { name: 'Fast' });
    const first = await poll();
    expect(ids(first)).toEqual([fast]);
    clock.advance(60_000);
    expect(ids(await poll(first.cursor))).toEqual([slow]);
  });

  it('reads the values, because search may still show old ones', async () => {
    hubspot = await startHubspot();
    const { sandbox, clock } = hubspot;
    const id = sandbox.person.create('companies', { name: 'Before' });
    clock.advance(searchDelay);
    sandbox.person.edit('companies', id, { name: 'After' });
    const first = await poll();
    expect(first.snapshots).toMatchObject([{ id, state: { name: 'After' } }]);
  });

  it('delivers more objects than one search can reach, though imported at one moment', async () => {
    hubspot = await startHubspot({ searchPage: 4 }, { searchLimits: { results: 8, page: 4 } });
    const { sandbox, clock } = hubspot;
    const expected: string[] = [];
    const add = (count: number) => {
      for (let index = 0; index < count; index++)
        expected.push(sandbox.person.create('companies', { name: `Company ${expected.length}` }));
    };
    add(3);
    clock.advance(1000);
    add(11);
    clock.advance(1);
    add(6);
    clock.advance(searchDelay);
    const all = await poll();
    expect(ids(all).sort()).toEqual(expected.sort());
    expect(ids(await poll(all.cursor))).toEqual([]);
  });

  it('goes on behind the last stored page after an interruption', async () => {
    hubspot = await startHubspot({ searchPage: 2 });
    const { sandbox, clock } = hubspot;
    for (let number = 0; number < 6; number++) {
      sandbox.person.create('companies', { name: `Company ${number}` });
      clock.advance(1000);
    }
    clock.advance(searchDelay);
    const delivered: string[] = [];
    let cursor: string | undefined;
    for await (const page of hubspot.connector.poll('companies', undefined, never)) {
      delivered.push(...(page.snapshots ?? []).map(({ id }) => id));
      cursor = page.cursor;
      if (delivered.length >= 3) break;
    }
    delivered.push(...ids(await poll(cursor)));
    expect(delivered).toEqual(sandbox.objects('companies').map(({ id }) => id));
  });

  it('does not look for deleted companies more often than configured', async () => {
    hubspot = await startHubspot({ deletionsEveryMilliseconds: 60_000 });
    const { sandbox, clock } = hubspot;
    const id = sandbox.person.create('companies', { name: 'Short-lived' });
    clock.advance(searchDelay);
    const first = await poll();
    clock.advance(1000);
    sandbox.person.archive('companies', id);
    const second = await poll(first.cursor);
    expect(second.snapshots).toEqual([]);
    clock.advance(60_000);
    expect((await poll(second.cursor)).snapshots).toEqual([{ entity: 'customer', id, state: null }]);
  });
});

describe('polling deals', () => {
  it('knows company, owner, status and the day in the configured time zone', async () => {
    hubspot = await startHubspot({ timeZone: 'America/New_York' });
    const { sandbox, clock, connector } = hubspot;
    const company = sandbox.person.create('companies', { name: 'Buyer' });
    const deal = sandbox.person.create('deals', {
      dealname: 'Deal',
      dealstage: 'closedlost',
      hubspot_owner_id: '501',
      closedate: '2026-03-01T03:00:00Z',
      amount: '1250.50',
    });
    await connector.write(
      'opportunity',
      [{ reference: 'odoo:opportunity:1', id: deal, fields: { customer: company }, uncertain: false }],
      never,
    );
    clock.advance(searchDelay);
    const { snapshots } = await drain(connector.poll('deals', undefined, never));
    expect(snapshots).toMatchObject([
      {
        id: deal,
        state: {
          customer: company,
          owner_email: 'sam.seller@example.com',
          status: 'lost',
          close_on: '2026-02-28',
          amount: '1250.5',
        },
      },
    ]);
  });
});
