import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, onTestFinished, test, vi } from 'vitest';
import { createAdmin } from '../../bridge/console/admin.ts';
import { runProgram } from '../../bridge/program.ts';
import type { Asked, Reconciler } from '../../bridge/reconcile/reconciler.ts';
import { Secret } from '../../bridge/secret.ts';
import { startServer } from '../../bridge/server.ts';
import type { NewFinding } from '../../bridge/store/reconciliation-finding.ts';
import type { ReconciliationRun } from '../../bridge/store/reconciliation-run.ts';
import { openStore, type Store } from '../../bridge/store/store.ts';
import { systems } from '../rules/folder.ts';
import { reading } from '../store/samples.ts';
import { temporaryPath } from '../store/temporary.ts';

const token = 'a-token-that-nobody-guesses';

const missing: NewFinding = {
  kind: 'missing-there',
  object: { system: 'harvest', entity: 'timesheet', id: 't1' },
  fields: {},
  effects: [{ group: ['p1', '2026-01'], field: 'hours', currency: '', amount: '4.5' }],
  cause: '=cmd|calc: the project is closed',
  action: 'repaired',
};
const different: NewFinding = {
  kind: 'different',
  object: { system: 'harvest', entity: 'timesheet', id: 't2' },
  other: { system: 'odoo', id: '7' },
  fields: { notes: { ours: '=1+1', theirs: 'Two' } },
  effects: [],
  action: 'repaired',
};

/** A database with one run that is done, and what it came to. */
async function prepared(): Promise<Store> {
  const path = temporaryPath();
  const rules = join(dirname(path), 'rules');
  mkdirSync(rules);
  writeFileSync(join(rules, 'systems.yaml'), systems);
  writeFileSync(
    join(rules, 'timesheet.yaml'),
    'entity: timesheet\nrules: [{id: time, from: psa, to: erp, fields: [day, hours, notes]}]\n',
  );
  writeFileSync(
    join(rules, 'reconcile.yaml'),
    'reconcile: [{id: time, entity: timesheet, schedule: never}]\n',
  );
  vi.stubEnv('DATABASE_PATH', path);
  vi.stubEnv('RULES_DIRECTORY', rules);
  onTestFinished(() => {
    vi.unstubAllEnvs();
  });
  const store = await openStore(path);
  await store.apply({
    readings: [reading('p1', { name: 'Website, new' }, { system: 'harvest', entity: 'project' })],
    finished: [],
    failed: [],
    route: () => [],
  });
  await store.startRun({
    id: 'run-1',
    declaration: 'time',
    scope: {
      entity: 'timesheet',
      source: 'harvest',
      target: 'odoo',
      roles: ['psa', 'erp'],
      from: '2026-01-01',
      to: '2026-01-31',
      known: false,
      policy: 'repair',
      strangers: 'ignore',
      owner: 'finance',
      totals: ['hours'],
      by: ['project', 'period'],
    },
    startedBy: 'test',
    phase: 'comparing',
  });
  await store.moveRun(
    'run-1',
    { phase: 'over', position: {}, done: 3, counts: { compared: 3, 'missing-there': 1, different: 1 } },
    {
      findings: [missing, different],
      totals: [
        {
          group: ['p1', '2026-01'],
          field: 'hours',
          currency: '',
          here: '12.5',
          there: '8',
          waiting: '0',
          wholeHere: '13',
          wholeThere: '8',
        },
      ],
    },
  );
  await store.changeRun('run-1', 'done');
  return store;
}

/** What a command prints, on both outputs, and how it ends. */
async function bridge(...argumentList: string[]): Promise<{ code: unknown; text: string }> {
  const printed: string[] = [];
  const print = (line: string) => {
    printed.push(line);
  };
  const spies = [
    vi.spyOn(console, 'log').mockImplementation(print),
    vi.spyOn(console, 'error').mockImplementation(print),
  ];
  try {
    await runProgram(['node', 'bridge', ...argumentList]);
    return { code: process.exitCode, text: printed.join('\n') };
  } finally {
    process.exitCode = 0;
    for (const spy of spies) spy.mockRestore();
  }
}

test('shows the runs, and what one came to: totals first', async () => {
  const store = await prepared();
  await store.close();
  expect((await bridge('reconcile', 'list')).text).toBe(
    [
      'run-1  time: done, 0 s ago by test',
      '  timesheet of harvest and odoo, from 2026-01-01 to 2026-01-31: 1 missing there, 1 different',
    ].join('\n'),
  );
  const { code, text } = await bridge('reconcile', 'show', 'run-1');
  expect(code).toBe(1);
  expect(text.split('\n')).toEqual([
    'time: timesheet of harvest and odoo, from 2026-01-01 to 2026-01-31',
    '  run run-1, done, 0 s ago by test',
    '  3 compared',
    'Totals',
    '                      harvest,     odoo,                           all of  all of',
    '                 to be brought  of these  difference  on its way  harvest    odoo',
    '  2026-01 hours           12.5         8         4.5           0       13       8',
    'What makes the difference',
    '  Website, new, 2026-01: hours 12.5 and 8, difference +4.5',
    '    +4.5  timesheet t1 of harvest',
    'Found',
    '  missing there: 1 (1 brought again)',
    '    timesheet t1 of harvest: brought again',
    '      =cmd|calc: the project is closed',
    '      bridge trace harvest:timesheet:t1',
    '  different: 1 (1 brought again)',
    '    timesheet t2 of harvest, 7 of odoo: brought again',
    '      notes: "=1+1" | "Two"',
    '      bridge trace harvest:timesheet:t2',
  ]);
});

test('a formula in a text does not run in a spreadsheet', async () => {
  const store = await prepared();
  await store.close();
  const { text } = await bridge('reconcile', 'show', 'run-1', '--format', 'csv');
  expect(text.split('\r\n')).toEqual([
    'found,system,entity,id,name,other system,other id,field,here,there,total of,difference,currency,cause,done about it',
    "missing there,harvest,timesheet,t1,,,,,,,hours,4.5,,'=cmd|calc: the project is closed,brought again",
    "different,harvest,timesheet,t2,,odoo,7,notes,'=1+1,Two,,,,,brought again",
  ]);
  const totals = await bridge('reconcile', 'show', 'run-1', '--format', 'totals-csv');
  expect(totals.text.split('\r\n')[1]).toBe('"Website, new",2026-01,hours,,12.5,8,4.5,0,13,8');
  const json = JSON.parse((await bridge('reconcile', 'show', 'run-1', '--format', 'json')).text);
  expect(json).toMatchObject({
    run: { id: 'run-1' },
    totals: [{ here: '12.5' }],
    findings: [missing, different],
  });
});

test('several runs are one table of comma separated values', async () => {
  const store = await prepared();
  writeFileSync(
    join(process.env.RULES_DIRECTORY as string, 'reconcile.yaml'),
    'reconcile: [{id: time, entity: timesheet}, {id: more, entity: timesheet}]\n',
  );
  const run = (await store.reconciliation('run-1')) as ReconciliationRun;
  await running(store, () => ({ ok: true, run }));
  const { text } = await bridge('reconcile', '--watch', '--format', 'csv', '--by', 'Ann');
  const lines = text.split(/\r?\n/);
  expect(lines).toHaveLength(5);
  expect(lines.filter((line) => line.startsWith('found,'))).toEqual([lines[0]]);
  expect(lines.slice(1, 3)).toEqual(lines.slice(3));
  const totals = await bridge('reconcile', '--watch', '--format', 'totals-csv', '--by', 'Ann');
  expect(totals.text.split(/\r?\n/)).toHaveLength(3);
});

test('customers have the name that any system knows them by', async () => {
  const store = await prepared();
  await store.apply({
    readings: [
      reading('9', { name: 'Acme' }, { entity: 'customer' }),
      reading('10', { name: 'Bolt' }, { entity: 'customer' }),
    ],
    finished: [],
    failed: [],
    route: () => [],
  });
  const { scope } = (await store.reconciliation('run-1')) as ReconciliationRun;
  await store.startRun({
    id: 'run-2',
    declaration: 'time',
    scope: { ...scope, by: ['customer'] },
    startedBy: 'test',
    phase: 'comparing',
  });
  const sums = { field: 'hours', currency: '', here: '1', there: '0', waiting: '0', wholeHere: '1' };
  const totals = [['c9'], ['odoo:customer:10'], ['c11']].map((group) => ({
    ...sums,
    group,
    wholeThere: '0',
  }));
  await store.moveRun(
    'run-2',
    { phase: 'over', position: {}, done: 1, counts: { compared: 1 } },
    { findings: [], totals },
  );
  await store.close();
  const file = new Database(process.env.DATABASE_PATH);
  file.exec(`insert into link (system, entity, external_id, object_id, linked_at)
    values ('harvest', 'customer', 'c9', 'o', ''), ('odoo', 'customer', '9', 'o', '')`);
  file.close();
  const { text } = await bridge('reconcile', 'show', 'run-2', '--format', 'totals-csv');
  const names = text.split('\r\n').map((line) => line.split(',')[0]);
  expect(names.sort()).toEqual(['Acme', 'Bolt', 'c11', 'customer']);
});

test('a name that is empty is no name', async () => {
  const store = await prepared();
  await store.close();
  for (const command of [
    ['reconcile', 'time', '--by', ''],
    ['matches', 'accept', 'x', '--by', ' '],
  ])
    expect(await bridge(...command)).toEqual({
      code: 1,
      text: '--by names nobody: say who decides, or leave it out.',
    });
});

test('says what it does not take', async () => {
  const store = await prepared();
  await store.close();
  expect((await bridge('reconcile', 'show', 'other')).text).toMatch(/^There is no run other\./);
  expect((await bridge('reconcile', '--format', 'xml')).text).toMatch(/^--format is table, json, csv/);
  expect((await bridge('reconcile', '--policy', 'mend')).text).toBe(
    '--policy is repair, raise, report, not "mend".',
  );
  expect((await bridge('reconcile', 'stop', 'run-1')).text).toBe('Run run-1 is not running: it is done.');
});

/** The bridge as far as it listens, on a store that it holds open. */
async function running(store: Store, asked: (what: string, order: unknown) => Asked): Promise<void> {
  const reconciler: Pick<Reconciler, 'start' | 'stop' | 'resume'> = {
    start: async (order) => asked('start', order),
    stop: async (id) => asked('stop', id),
    resume: async (id) => asked('resume', id),
  };
  const server = await startServer({
    host: '127.0.0.1',
    port: 0,
    notReady: () => [],
    onFailure: () => {},
    odooIntake: async (context) => context.json({}),
    admin: createAdmin({
      openProposals: store.openProposals,
      decide: store.decide,
      reconciler,
      token: new Secret(token),
      rate: { take: () => 0 },
      stopping: () => false,
      onDecided: () => {},
      onRefused: () => {},
    }),
  });
  onTestFinished(async () => {
    await server.close();
    await store.close();
  });
  vi.stubEnv('PORT', String(server.port));
  vi.stubEnv('ADMIN_TOKEN', token);
}

test('asks the running bridge', async () => {
  const store = await prepared();
  const run = (await store.reconciliation('run-1')) as ReconciliationRun;
  const heard: unknown[] = [];
  await running(store, (what, order) => {
    heard.push([what, order]);
    return { ok: true, run: { ...run, state: what === 'stop' ? 'stopped' : 'running' } };
  });
  expect((await bridge('reconcile', 'time', '--month', '2026-01', '--known', '--by', 'Ann')).text).toBe(
    'Run run-1 has started. To see it: bridge reconcile show run-1',
  );
  expect((await bridge('reconcile', 'stop', 'run-1')).text).toBe(
    'Run run-1 is stopped. To go on: bridge reconcile resume run-1',
  );
  await bridge('reconcile', 'resume', 'run-1');
  expect(heard).toEqual([
    ['start', { declaration: 'time', from: '2026-01-01', to: '2026-01-31', known: true, by: 'Ann' }],
    ['stop', 'run-1'],
    ['resume', 'run-1'],
  ]);
});

test('tells what the running bridge refuses', async () => {
  const store = await prepared();
  await running(store, () => ({
    ok: false,
    error: 'conflict',
    message: 'time is being reconciled already.',
  }));
  expect(await bridge('reconcile', 'time')).toEqual({ code: 1, text: 'time is being reconciled already.' });
  vi.stubEnv('ADMIN_TOKEN', '');
  expect((await bridge('reconcile', 'time')).text).toMatch(/^A bridge is running, and only it may write/);
});

/** Settings of a machine from which no system can be reached. */
function setSettings(): void {
  for (const [name, value] of Object.entries({
    WEBHOOK_SECRETS: `whsec_${Buffer.alloc(32, 1).toString('base64')}`,
    ODOO_URL: 'http://127.0.0.1:1',
    ODOO_DATABASE: 'none',
    ODOO_LOGIN: 'bridge',
    ODOO_API_KEY: 'key',
    HUBSPOT_TOKEN: 'token',
    HARVEST_URL: 'http://127.0.0.1:1',
    HARVEST_TOKEN: 'token',
    HARVEST_ACCOUNT_ID: '1',
    HARVEST_START: '2026-01-01',
  }))
    vi.stubEnv(name, value);
}

test('does it itself where no bridge runs, and says that what is to be brought waits', async () => {
  const store = await prepared();
  await store.apply({
    readings: [
      reading(
        't1',
        { day: '2026-01-05', hours: '8', notes: 'Work' },
        { system: 'harvest', entity: 'timesheet' },
      ),
    ],
    finished: [],
    failed: [],
    route: () => [],
  });
  await store.close();
  setSettings();
  const { code, text } = await bridge('reconcile', 'time', '--month', '2026-01', '--known');
  expect(text).toContain('missing there: 1 (1 brought again)');
  expect(text).toContain('No bridge runs here: what is to be brought waits, and leaves when it starts.');
  expect(code).toBe(1);
  const again = await openStore(process.env.DATABASE_PATH as string);
  expect(await again.queues()).toMatchObject([{ target: 'odoo', state: 'pending', count: 1 }]);
  await again.close();
});

test('says of a run that it has not come to its end, and how to go on with one that was interrupted', async () => {
  const store = await prepared();
  await store.changeRun('run-1', 'running');
  await store.close();
  setSettings();
  const { code, text } = await bridge('reconcile', 'time', '--known');
  expect(code).toBe(1);
  expect(text).toBe(
    'Run run-1 of time was interrupted. To go on: bridge reconcile resume run-1. To give it up: bridge reconcile stop run-1',
  );
  expect((await bridge('reconcile', 'stop', 'run-1')).code).toBe(0);
  expect((await bridge('reconcile', 'time', '--known')).text).toContain('Nothing differs.');
});

test('leaves out what has no days where days are asked for, and goes on where one cannot be', async () => {
  const store = await prepared();
  writeFileSync(
    join(process.env.RULES_DIRECTORY as string, 'reconcile.yaml'),
    'reconcile: [{id: time, entity: timesheet}, {id: people, entity: worker}, {id: more, entity: timesheet}]\n',
  );
  writeFileSync(
    join(process.env.RULES_DIRECTORY as string, 'worker.yaml'),
    'entity: worker\nrules: [{id: people, from: psa, to: erp, fields: [email], match: [email]}]\n',
  );
  const heard: unknown[] = [];
  const run = (await store.reconciliation('run-1')) as ReconciliationRun;
  await running(store, (_, order) => {
    const { declaration } = order as { declaration: string };
    heard.push(declaration);
    return declaration === 'time'
      ? { ok: false, error: 'conflict', message: 'time is being reconciled already.' }
      : { ok: true, run };
  });
  const { code, text } = await bridge('reconcile', '--month', '2026-01');
  expect(heard).toEqual(['time', 'more']);
  expect(code).toBe(1);
  expect(text).toContain('Left out, as they have no days: people.');
  expect(text).toContain('Run run-1 has started.');
});
