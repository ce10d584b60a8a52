import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { exceptions } from '../../bridge/commands/exceptions.ts';
import { status } from '../../bridge/commands/status.ts';
import { openStore, type Store } from '../../bridge/store/store.ts';
import { delivery, event, reading, settled } from '../store/samples.ts';
import { temporaryPath } from '../store/temporary.ts';

const rules = {
  'systems.yaml': `systems:
  odoo: {connector: odoo, role: erp, poll: {outbox: "*/5 * * * *", due: "15 0 * * *"}}
  hubspot: {connector: hubspot, role: crm}
`,
  'customer.yaml': 'entity: customer\nrules: [{id: companies, from: erp, to: crm, fields: [name]}]\n',
  'reconcile.yaml':
    'reconcile: [{id: customers, entity: customer, between: [erp, crm], schedule: never, owner: sales}]\n',
};

let store: Store;
let nowMs: number;

beforeEach(async () => {
  const path = temporaryPath();
  const folder = join(dirname(path), 'rules');
  mkdirSync(folder);
  for (const [name, content] of Object.entries(rules)) writeFileSync(join(folder, name), content);
  vi.stubEnv('DATABASE_PATH', path);
  vi.stubEnv('RULES_DIRECTORY', folder);
  vi.useFakeTimers({ toFake: ['Date'], now: Date.UTC(2026, 0, 5, 8) });
  nowMs = Date.now();
  store = await openStore(path, () => nowMs);
});

afterEach(async () => {
  await store.close();
  vi.useRealTimers();
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

async function printed(command: () => Promise<number>): Promise<{ code: number; text: string }> {
  const lines: string[] = [];
  vi.spyOn(console, 'log').mockImplementation((line: string) => lines.push(line));
  const code = await command();
  return { code, text: lines.join('\n') };
}

const shownStatus = () => printed(() => status({ json: false }));
const shownExceptions = (filter: { owner?: string } = {}) =>
  printed(() => exceptions({ json: false, ...filter }));

function later(milliseconds: number): void {
  nowMs += milliseconds;
  vi.setSystemTime(nowMs);
}

/** Has an object brought to HubSpot, which answers with this error; the engine gives it up. */
async function die(sourceId: string, error: string, cause: string): Promise<void> {
  await store.enqueue([delivery(sourceId)]);
  const claimed = await store.claim('hubspot', [10], 1000);
  await store.settle(
    claimed.map((one) => ({ ...settled(one), outcome: 'dead' as const, error, cause, uncertain: false })),
  );
}

describe('what is dead', () => {
  test('is listed alike by both commands: whose, which, why, what to do', async () => {
    await store.apply({
      readings: [reading('7', { name: 'Acme' })],
      finished: [],
      failed: [],
      route: () => [],
    });
    await die('7', 'invalid', 'The domain is no domain.');
    later(180_000);
    const lines = [
      'sales: customer 7 of odoo could not be brought to hubspot.',
      '  customer "Acme" (7 of odoo), since 3 min (to hubspot, 1 try)',
      '  Cause: The domain is no domain.',
      '  What to do: Correct in odoo the value that hubspot refuses; the change brings it again.',
      '  bridge trace odoo:customer:7',
    ];
    expect(await shownExceptions()).toEqual({ code: 1, text: lines.join('\n') });
    const { code, text } = await shownStatus();
    expect(code).toBe(1);
    expect(text).toContain(['Needs a person', ...lines.map((line) => `  ${line}`)].join('\n'));
    expect((await shownExceptions({ owner: 'sales' })).code).toBe(1);
    expect((await shownExceptions({ owner: 'finance' })).text).toContain('owners: sales');
    const json = await printed(() => exceptions({ json: true }));
    expect(JSON.parse(json.text)).toMatchObject([
      { source: 'delivery', owner: 'sales', object: { system: 'odoo', entity: 'customer', id: '7' } },
    ]);
  });

  test('is one line, however often the object died, with the last cause', async () => {
    await die('7', 'invalid', 'first');
    later(180_000);
    await die('7', 'conflict', 'second');
    const { text } = await shownExceptions();
    expect(text.match(/could not be brought/g)).toHaveLength(1);
    expect(text).toContain('Cause: second');
    expect(text).toContain('What to do: Put right in hubspot what stands in the way');
  });

  test('for want of rights is the administrator’s, and so is all where the rules cannot be read', async () => {
    await die('7', 'denied', 'The token may not write companies.');
    expect((await shownExceptions()).text).toMatch(/^administrator: customer 7[\s\S]*bridge check names/);
    await die('8', 'missing', 'Gone.');
    vi.stubEnv('RULES_DIRECTORY', '/nowhere');
    const { text } = await shownExceptions();
    expect(text.match(/^administrator: /gm)).toHaveLength(2);
    expect(text).toContain('Restore in hubspot what is not there any more.');
  });
});

test('where nothing is wrong, both say so', async () => {
  await store.endPoll('odoo', 'outbox');
  expect(await shownExceptions()).toEqual({ code: 0, text: 'Nothing needs a person.' });
  expect((await shownStatus()).code).toBe(0);
});

test('a stream was read when its last poll ended, whether that found anything or not', async () => {
  await store.appendPage({ system: 'odoo', stream: 'due', cursor: 'c', events: [event('e1')] });
  await store.endPoll('odoo', 'due');
  later(900_000);
  await store.endPoll('odoo', 'due');
  later(32_000);
  const { code, text } = await shownStatus();
  expect(text).toContain('odoo: 1 event to work off, the oldest since 16 min');
  expect(text).toContain('odoo, stream due: read 32 s ago');
  expect(text).toContain('odoo, stream outbox: not read yet');
  expect(code).toBe(0);
  await store.endPoll('odoo', 'outbox');
  expect((await shownStatus()).text).toContain('odoo, stream outbox: read 0 s ago');
});

describe('a system that refuses the bridge', () => {
  test('is what needs a person, until a poll works', async () => {
    const cause = 'Odoo refuses the API key.';
    await store.failPoll('odoo', 'outbox', { error: 'denied', cause });
    later(180_000);
    await store.failPoll('odoo', 'outbox', { error: 'denied', cause });
    await store.failPoll('odoo', 'due', { error: 'denied', cause });
    const { code, text } = await shownStatus();
    expect(code).toBe(1);
    expect(text).toContain('odoo, stream outbox: not read yet, fails since 3 min');
    expect(text).toContain(
      [
        'Needs a person',
        '  administrator: odoo cannot be read.',
        '    since 3 min (odoo, streams due, outbox)',
        '    Cause: Odoo refuses the API key.',
      ].join('\n'),
    );
    expect((await shownExceptions()).code).toBe(1);
    await store.endPoll('odoo', 'outbox');
    await store.endPoll('odoo', 'due');
    expect((await shownStatus()).code).toBe(0);
    expect((await shownExceptions()).code).toBe(0);
  });

  test('is nothing to see to where the rules do not read that stream any more', async () => {
    await store.failPoll('odoo', 'former', { error: 'denied', cause: 'Odoo refuses the API key.' });
    expect((await shownStatus()).code).toBe(0);
  });

  test('is one thing to see to, however much waits for it', async () => {
    await store.enqueue([delivery('7'), delivery('8')]);
    const claimed = await store.claim('hubspot', [10], 1000);
    await store.settle(
      claimed.map((one) => ({
        ...settled(one),
        outcome: 'retry' as const,
        error: 'denied',
        cause: 'HubSpot refuses the token.',
        dueMs: nowMs + 60_000,
        uncertain: false,
        countTry: false,
      })),
    );
    const { code, text } = await shownStatus();
    expect(code).toBe(1);
    expect(text).toContain('administrator: hubspot refuses what is brought there.');
    expect(text).toContain('since 0 s, 2 hang on it (to hubspot)');
    expect(text).not.toContain('Goes on by itself');
  });
});
