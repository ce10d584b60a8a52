import { afterEach, describe, expect, it } from 'vitest';
import {
  book,
  createWorkplace,
  type RunningHarvest,
  spend,
  startHarvest,
  type Workplace,
} from '../../systems/harvest/start.ts';

let harvest: RunningHarvest;
let workplace: Workplace;
afterEach(() => harvest.close());
async function start(...options: Parameters<typeof startHarvest>): Promise<void> {
  harvest = await startHarvest(...options);
  workplace = await createWorkplace(harvest);
}

type Line = Readonly<Record<string, string | number>>;
interface Report {
  readonly results: readonly Line[];
  readonly total_pages: number;
  readonly links: { readonly next: string | null };
}
const report = (path: string, from = '2026-01-01', to = '2026-01-31', more = ''): Promise<Report> =>
  harvest.call<Report>('GET', `/reports/${path}?from=${from}&to=${to}${more}`);

describe('reports of time', () => {
  it('sum what was tracked on the days, approved or not, rounded as on invoices', async () => {
    await start({}, { rules: { roundingMinutes: 15 } });
    await harvest.call('PATCH', `/projects/${workplace.project}`, {
      code: 'W1',
      bill_by: 'Project',
      hourly_rate: 100,
    });
    const id = await book(harvest, workplace, { spent_date: '2026-01-01', hours: 1.3 });
    await book(harvest, workplace, { spent_date: '2026-01-31', hours: 2 });
    await book(harvest, workplace, { spent_date: '2026-02-01', hours: 4 });
    harvest.sandbox.approvals.submit([id]);
    const sums = { total_hours: 3.5, billable_hours: 3.5, billable_amount: 350, currency: 'EUR' };
    const client = { client_id: workplace.client, client_name: 'Workplace client' };
    const [projects, clients, team, tasks] = await Promise.all(
      ['projects', 'clients', 'team', 'tasks'].map((name) => report(`time/${name}`)),
    );
    expect(projects?.results).toEqual([
      { project_id: workplace.project, project_name: '[W1] Workplace', ...client, ...sums },
    ]);
    expect(clients?.results).toEqual([{ ...client, ...sums }]);
    expect(team?.results).toMatchObject([
      { user_id: workplace.user, user_name: 'Carla Consultant', is_contractor: false, ...sums },
    ]);
    expect(tasks?.results).toEqual([{ task_id: workplace.task, task_name: 'Workplace task', ...sums }]);
  });

  it('count the amounts of fixed fees only when they are asked to', async () => {
    await start();
    const fixed = { is_fixed_fee: true, bill_by: 'Project', hourly_rate: 100 };
    await harvest.call('PATCH', `/projects/${workplace.project}`, fixed);
    await book(harvest, workplace, { spent_date: '2026-01-05', hours: 2 });
    expect((await report('time/clients')).results).toMatchObject([{ billable_hours: 2, billable_amount: 0 }]);
    const asked = await report('time/clients', '2026-01-01', '2026-01-31', '&include_fixed_fee=true');
    expect(asked.results).toMatchObject([{ billable_amount: 200 }]);
  });

  it('come in pages, and add up to what was seeded', async () => {
    await start();
    const { state } = harvest.sandbox;
    const seeded = { entries: 3000, from: '2026-01-01', to: '2026-01-31', people: 30, projects: 12 };
    const entries = harvest.sandbox.seedTime({ ...seeded, hourlyRate: 99.5 });
    const lines: Line[] = [];
    for (let page = 1, pages = 1; page <= pages; page++) {
      const answer = await report('time/projects', '20260101', '20260131', `&per_page=5&page=${page}`);
      lines.push(...answer.results);
      pages = answer.total_pages;
      expect(answer.links.next === null).toBe(page === pages);
    }
    expect(lines).toHaveLength(12);
    for (const { project_id: id, total_hours: hours, billable_amount: amount } of lines) {
      const own = entries.filter(({ projectId }) => projectId === id);
      const expected = own.reduce((sum, entry) => sum + entry.hours, 0);
      expect([hours, amount]).toEqual([expected, Math.round(expected * 9950) / 100]);
    }
    expect(state.timeEntries.size).toBe(3000);
  });
});

it('sums expenses on the days', async () => {
  await start();
  await spend(harvest, workplace, { spent_date: '2026-01-05', total_cost: 0.1 });
  await spend(harvest, workplace, { spent_date: '2026-01-06', total_cost: 0.2, billable: false });
  await spend(harvest, workplace, { spent_date: '2025-12-31', total_cost: 100 });
  const sums = { total_amount: 0.3, billable_amount: 0.1, currency: 'EUR' };
  const client = { client_id: workplace.client, client_name: 'Workplace client' };
  expect((await report('expenses/projects')).results).toEqual([
    { project_id: workplace.project, project_name: 'Workplace', ...client, ...sums },
  ]);
  expect((await report('expenses/categories')).results).toEqual([
    { expense_category_id: workplace.category, expense_category_name: 'Travel', ...sums },
  ]);
});

describe('reports refuse', () => {
  it('days that are missing, wrong, or more than a year apart', async () => {
    await start();
    await expect(report('time/clients', '')).rejects.toThrow(/422.*from/);
    await expect(report('time/clients', '2026-01-01', 'later')).rejects.toThrow(/422.*to/);
    await expect(report('time/clients', '2026-02-01')).rejects.toThrow(/422.*after/);
    await expect(report('time/clients', '2025-01-30')).rejects.toThrow(/422.*365/);
    await report('time/clients', '2025-01-31');
  });

  it('more requests than they take, which are not those of everything else', async () => {
    await start({}, { reportQuota: { requests: 1, milliseconds: 900_000 } });
    await report('time/clients');
    await expect(report('expenses/clients')).rejects.toThrow(/429/);
    await harvest.call('GET', '/clients');
  });
});
