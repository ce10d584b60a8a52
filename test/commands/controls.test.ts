import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { controls } from '../../bridge/commands/controls.ts';
import { createFirm, type Firm, key, ruleFiles } from '../controls/firm.ts';

async function printed(firm: Firm, format: string, more: { limit?: string; month?: string } = {}) {
  const folder = join(dirname(firm.path), 'rules');
  mkdirSync(folder, { recursive: true });
  for (const [name, content] of Object.entries(ruleFiles)) writeFileSync(join(folder, name), content);
  vi.stubEnv('DATABASE_PATH', firm.path);
  vi.stubEnv('RULES_DIRECTORY', folder);
  const lines: string[] = [];
  const print = vi.spyOn(console, 'log').mockImplementation((line: string) => {
    lines.push(line);
  });
  try {
    return { code: await controls({ format, limit: '20', ...more }), text: lines.join('\n') };
  } finally {
    print.mockRestore();
    vi.unstubAllEnvs();
  }
}

async function firmWithTime(): Promise<Firm> {
  const firm = await createFirm();
  await firm.knows(key('odoo', 'customer', '9'), { name: 'Aurora, "Energy" AG' });
  await firm.knows(key('odoo', 'project', '1'), { name: 'Roadmap', customer: '9', currency: 'CHF' });
  await firm.brought(key('odoo', 'project', '1'), 'harvest', 'h1');
  for (const id of ['5', '6']) {
    const entry = { project: 'h1', day: '2026-10-05', hours: '7.75', rate: '120', currency: 'CHF' };
    const here = key('harvest', 'timesheet', id);
    await firm.knows(here, { ...entry, approval: 'approved', billable: true, notes: '=HYPERLINK("x")' });
    await firm.bringing(here, 'odoo', { dead: 'The project is closed.' });
  }
  return firm;
}

test('the table shows the balance, then each line with its reason and what to do', async () => {
  const { code, text } = await printed(await firmWithTime(), 'table', { limit: '1' });
  expect(code).toBe(0);
  expect(text).toContain(
    [
      '                  approved  posted  pending  rejected  not billed  different  left over',
      '  2026-10  Aurora, "Energy" AG',
      '           hours     15:30       –        –     15:30           –          –          –',
      '           CHF     1860.00       –        –   1860.00           –          –          –',
    ].join('\n'),
  );
  expect(text).toContain('Balanced: approved = posted + pending + rejected');
  expect(text).toContain('Approved time that is not in the erp: 2 lines, 15.5 h, 1860 CHF');
  expect(text).toContain('    The project is closed.\n    → Put right what it says');
  expect(text).toContain('… and 1 more: --limit shows them.');
  expect(text).toContain('Won deals without a project: none');
});

test('of many customers and months it shows what is left to do first, and the sum of all', async () => {
  const firm = await firmWithTime();
  // In October two entries are refused; in November one is left in the PSA by the rules.
  await firm.knows(key('harvest', 'timesheet', '7'), {
    project: 'h1',
    day: '2026-11-02',
    hours: '1.5',
    approval: 'approved',
    billable: false,
  });
  const { text } = await printed(firm, 'table', { limit: '1' });
  expect(text).toContain(
    [
      '                  approved  posted  pending  rejected  not billed  different  left over',
      '  2026-10  Aurora, "Energy" AG',
      '           hours     15:30       –        –     15:30           –          –          –',
      '           CHF     1860.00       –        –   1860.00           –          –          –',
      '  … and 1 more: --limit shows them.',
      '  all together',
      '           hours     17:00       –        –     15:30        1:30          –          –',
      '           CHF     1860.00       –        –   1860.00           –          –          –',
      'Balanced: approved',
    ].join('\n'),
  );
});

test('JSON has every line and every sum', async () => {
  const { text } = await printed(await firmWithTime(), 'json');
  const report = JSON.parse(text);
  expect(report.lines).toHaveLength(2);
  expect(report.balance[0].sums.rejected).toEqual({ hours: '15.5', amount: '1860' });
  expect(report.balanced).toBe(true);
});

test('CSV has one row for each line, and no formulas', async () => {
  const { text } = await printed(await firmWithTime(), 'csv');
  const [head, first, second] = text.split('\r\n');
  expect(head).toBe(
    'control,system,entity,id,label,customer,legal_entity,month,hours,amount,currency,since,owner,person,reason,next',
  );
  expect(first).toMatch(
    /^approved_not_posted,harvest,timesheet,5,.*,"Aurora, ""Energy"" AG",,2026-10,7.75,930.00,CHF,/,
  );
  expect(second).toContain('timesheet,6');
});

test('the balance can be had as CSV too', async () => {
  const { text } = await printed(await firmWithTime(), 'balance-csv', { month: '2026-10' });
  expect(text.split('\r\n')[1]).toBe(
    '2026-10,"Aurora, ""Energy"" AG",,CHF,15.5,1860.00,0,0.00,0,0.00,15.5,1860.00,0,0.00,0,0.00,0,0.00,0',
  );
});

test.each(['xml', 'constructor'])('the format %s is refused', async (format) => {
  await expect(printed(await firmWithTime(), format)).rejects.toThrow(
    `--format is table, json, csv, balance-csv, not "${format}".`,
  );
});

test('what somebody wrote about an hour of work stays in its line, and time without a price has no money', async () => {
  const firm = await createFirm();
  const here = key('harvest', 'timesheet', '5');
  const notes = `Workshop\nsecond day ${'and more '.repeat(50)}`;
  await firm.knows(here, {
    project: 'h1',
    day: '2026-10-05',
    hours: '2',
    approval: 'approved',
    billable: true,
    notes,
  });
  const { text } = await printed(firm, 'table');
  expect(text).toMatch(/^ {2}2026-10-05 Workshop second day and more .{1,60}… · 2 h$/m);
  expect(text).toContain('  2026-10  no customer\n           hours      2:00');
  expect(text).toContain('1 entry has no price that is known; it counts in hours only.');
  expect(text).not.toContain('0.00');
});
