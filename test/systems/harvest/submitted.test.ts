import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { drain, never } from '../../conformance/outcome.ts';
import { book, createWorkplace, type RunningHarvest, spend, startHarvest, type Workplace } from './start.ts';

const day = '2026-02-20';

let harvest: RunningHarvest;
let workplace: Workplace;
beforeEach(async () => {
  harvest = await startHarvest();
  workplace = await createWorkplace(harvest);
});
afterEach(() => harvest.close());

const poll = (stream: string, cursor?: string) => drain(harvest.connector.poll(stream, cursor, never));

describe('polling expenses', () => {
  it('delivers them in the words of the bridge', async () => {
    const more = { spent_date: day, total_cost: 133.35, notes: 'Train to Bern', billable: false };
    const id = await spend(harvest, workplace, more);
    const receipt = { url: 'https://example.harvestapp.com/r/1', file_name: 'r', file_size: 1 };
    const expense = harvest.sandbox.state.expenses.get(id);
    Object.assign(expense ?? {}, { receipt: { ...receipt, content_type: 'image/png' } });
    expect((await poll('expenses')).snapshots).toEqual([
      {
        entity: 'expense',
        id: String(id),
        state: {
          worker: String(workplace.user),
          project: String(workplace.project),
          day,
          category: 'Travel',
          notes: 'Train to Bern',
          amount: '133.35',
          currency: 'EUR',
          billable: false,
          approval: 'unsubmitted',
          receipt: 'https://example.harvestapp.com/r/1',
        },
      },
    ]);
  });

  it('sees approvals and withdrawals though they do not move the time of the last change', async () => {
    const { approvals } = harvest.sandbox;
    const id = await spend(harvest, workplace, { spent_date: day });
    let { cursor } = await poll('expenses');
    for (const [step, approval] of [
      ['submit', 'submitted'],
      ['approve', 'approved'],
      ['withdraw', 'unsubmitted'],
    ] as const) {
      approvals[step]([id]);
      const news = await poll('expenses', cursor);
      expect(news.snapshots).toMatchObject([{ id: String(id), state: { approval } }]);
      cursor = news.cursor;
    }
    await harvest.call('DELETE', `/expenses/${id}`);
    expect((await poll('expenses', cursor)).snapshots).toEqual([
      { entity: 'expense', id: String(id), state: null },
    ]);
  });
});

describe('the rate of time', () => {
  async function rated(): Promise<void> {
    const body = { bill_by: 'Project', hourly_rate: 137.5 };
    await harvest.call('PATCH', `/projects/${workplace.project}`, body);
    await harvest.call('PATCH', `/clients/${workplace.client}`, { currency: 'CHF' });
  }
  const clientLists = () => harvest.sandbox.calls.count('GET /v2/clients');

  it("is that of the entry in the client's currency", async () => {
    await rated();
    const id = await book(harvest, workplace, { spent_date: day });
    const expected = { state: { rate: '137.5', currency: 'CHF' } };
    expect((await poll('time')).snapshots).toMatchObject([expected]);
    expect(await harvest.connector.read('timesheet', [String(id)], never)).toMatchObject([expected]);
  });

  it('costs one list of clients for many pages, and none where nothing has a rate', async () => {
    for (let number = 0; number < 5; number++) await book(harvest, workplace, { spent_date: day });
    const { cursor } = await poll('time');
    expect(clientLists()).toBe(0);
    await rated();
    const news = await poll('time', cursor);
    expect(news.snapshots).toHaveLength(5);
    expect(clientLists()).toBe(1);
  });

  it('follows the client to another currency within minutes', async () => {
    await rated();
    await book(harvest, workplace, { spent_date: day });
    const first = await poll('time');
    await harvest.call('PATCH', `/clients/${workplace.client}`, { currency: 'USD' });
    harvest.clock.advance(6 * 60_000);
    expect((await poll('time', first.cursor)).snapshots).toMatchObject([{ state: { currency: 'USD' } }]);
  });

  it('is none of an entry without one, or at zero', async () => {
    await book(harvest, workplace, { spent_date: day });
    const free = { bill_by: 'Project', hourly_rate: 0 };
    await harvest.call('PATCH', `/projects/${workplace.project}`, free);
    expect((await poll('time')).snapshots).toMatchObject([{ state: { rate: null, currency: null } }]);
  });
});

it('looks for no more than some hundred vanished entries in a run, and for the others in the next', async () => {
  const seeded = { from: '2026-02-02', to: '2026-02-13', people: 3, projects: 2 };
  await harvest.close();
  harvest = await startHarvest({ listPage: 2000 });
  const entries = harvest.sandbox.seedTime({ ...seeded, entries: 700, approval: 'unsubmitted' });
  const first = await poll('time');
  expect(first.snapshots).toHaveLength(700);
  for (const { id } of entries.slice(0, 600)) harvest.sandbox.state.timeEntries.delete(id);
  const second = await poll('time', first.cursor);
  const third = await poll('time', second.cursor);
  expect([second, third].map(({ snapshots }) => snapshots.length)).toEqual([500, 100]);
  const gone = [...second.snapshots, ...third.snapshots].map(({ id, state }) => (state === null ? id : ''));
  expect(gone.sort()).toEqual(
    entries
      .slice(0, 600)
      .map(({ id }) => String(id))
      .sort(),
  );
  expect((await poll('time', third.cursor)).snapshots).toEqual([]);
});
