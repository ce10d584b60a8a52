import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { attemptTable } from '../../bridge/store/attempt.ts';
import { businessEventTable } from '../../bridge/store/business-event.ts';
import { changeTable } from '../../bridge/store/change.ts';
import { cursorTable } from '../../bridge/store/cursor.ts';
import { type OpenDatabase, openDatabase } from '../../bridge/store/database.ts';
import { deliveryTable } from '../../bridge/store/delivery-table.ts';
import { eventTable } from '../../bridge/store/event.ts';
import { exceptionTable } from '../../bridge/store/exception.ts';
import { flowCallTable } from '../../bridge/store/flow-call.ts';
import { flowChangeReader } from '../../bridge/store/flow-change.ts';
import { flowDeliveryReader } from '../../bridge/store/flow-delivery.ts';
import { createFlowHousekeeping } from '../../bridge/store/flow-housekeeping.ts';
import { flowInstanceTable } from '../../bridge/store/flow-instance.ts';
import { flowProgressTable } from '../../bridge/store/flow-progress.ts';
import { createHousekeeping } from '../../bridge/store/housekeeping.ts';
import { linkTable } from '../../bridge/store/link.ts';
import { matchKeyTable } from '../../bridge/store/match-key.ts';
import { metaTable } from '../../bridge/store/meta.ts';
import { needTable } from '../../bridge/store/need.ts';
import { pollTable } from '../../bridge/store/poll.ts';
import { proposalTable } from '../../bridge/store/proposal.ts';
import { recordTable } from '../../bridge/store/record.ts';
import { relationTable } from '../../bridge/store/relation.ts';

// What the hot path asks must stay as small as the work that is due, however full the tables are: every statement is
// looked at as SQLite plans it, and the claim is counted row by row in a table with a million deliveries.

const million = 1_000_000;
const folder = mkdtempSync(join(tmpdir(), 'bridge-plans-'));
let database: OpenDatabase;
const statements: string[] = [];

beforeAll(async () => {
  database = await openDatabase(join(folder, 'bridge.sqlite'));
  const { connection } = database;
  connection.pragma('synchronous = OFF');
  connection.exec(`
    with recursive number(n) as (select 1 union all select n + 1 from number where n < ${million})
    insert into delivery (id, target, source, entity, source_id, state, lane, due_ms, tries, uncertain,
      rules_version, correlation, created_at)
    select printf('%012d', n), 'hubspot', 'odoo', 'customer', n, 'pending', n % 3, n, 0, 0, 'test', 'c', '' from number`);
  const prepare = connection.prepare.bind(connection);
  connection.prepare = ((source: string) => {
    statements.push(source);
    return prepare(source);
  }) as typeof connection.prepare;
}, 120_000);

afterAll(() => {
  database.connection.close();
  rmSync(folder, { recursive: true, force: true });
});

function plan(statement: string): string[] {
  const explained = database.connection.prepare(`explain query plan ${statement}`);
  const parameters = Array.from(statement.matchAll(/\?/g), () => 0);
  return (explained.all(...parameters) as { detail: string }[]).map(({ detail }) => detail);
}

test('no statement of the hot path walks through a table or sorts', () => {
  const tables = [
    attemptTable,
    changeTable,
    cursorTable,
    deliveryTable,
    eventTable,
    linkTable,
    metaTable,
    needTable,
    pollTable,
    proposalTable,
    recordTable,
    exceptionTable,
    flowCallTable,
    flowChangeReader,
    flowDeliveryReader,
    flowInstanceTable,
    flowProgressTable,
    relationTable,
    createHousekeeping,
    createFlowHousekeeping,
  ];
  for (const table of tables) table(database);
  businessEventTable(database, { add: () => undefined });
  matchKeyTable(database, recordTable(database), metaTable(database));
  expect(statements.length).toBeGreaterThan(30);
  // Without parameters are those that run once, at the start.
  for (const statement of statements.filter((text) => text.includes('?'))) {
    for (const step of plan(statement)) {
      // What is under way is named by few leases.
      // A round of the housekeeping walks through the few rows that it has taken before.
      // At the start those that need a person, and those that were only recorded, are looked through once.
      const small =
        step.includes('json_each') ||
        step.startsWith('SCAN lease') ||
        /^SCAN (next|\(subquery|delivery USING INDEX delivery_(dead|shadowed))/.test(step);
      if (!small) expect(step, statement).not.toMatch(/^SCAN/);
      expect(step, statement).not.toContain('TEMP B-TREE');
    }
  }
});

test('a round of the housekeeping goes along the primary keys', () => {
  const rounds = statements.filter(
    (statement) => !statement.includes('explain') && statement.includes('limit 2000'),
  );
  const searches = rounds.map((statement) => plan(statement).filter((step) => step.startsWith('SEARCH')));
  expect(searches).toEqual([
    ['SEARCH event USING INTEGER PRIMARY KEY (rowid>?)'],
    ['SEARCH delivery USING INTEGER PRIMARY KEY (rowid>?)'],
    [
      'SEARCH business_event USING INTEGER PRIMARY KEY (rowid>?)',
      expect.stringMatching(/^SEARCH delivery USING COVERING INDEX delivery_business_event/),
    ],
    [
      'SEARCH change USING INTEGER PRIMARY KEY (rowid=?)',
      'SEARCH change USING INTEGER PRIMARY KEY (rowid>?)',
      // The last one, by the end of the table.
      'SEARCH change',
      'SEARCH flow_progress USING PRIMARY KEY (name=?)',
    ],
  ]);
});

describe('with a million pending deliveries', () => {
  test('a claim looks up what is due by the index', () => {
    const claim = statements.find((statement) => statement.includes('"due_ms" <= ?')) as string;
    expect(plan(claim)).toEqual([
      'SEARCH delivery USING INDEX delivery_due (target=? AND lane=? AND due_ms<?)',
    ]);
  });

  test('a claim visits as many rows as it takes', () => {
    const { connection } = database;
    let visited = 0;
    connection.function('visit', { deterministic: false }, () => {
      visited++;
      return 1;
    });
    const table = deliveryTable({
      ...database,
      // The same statement, counting each row that the search for due ones looks at.
      connection: new Proxy(connection, {
        get(target, name) {
          const value = target[name as keyof typeof target];
          if (name !== 'prepare') return value;
          return (source: string) =>
            target.prepare(source.replace('"due_ms" <= ?', '"due_ms" <= ? and visit() = 1'));
        },
      }),
    });
    const claimed = table.claim('hubspot', 1, 200, million, million + 90_000);
    expect(claimed).toHaveLength(200);
    expect(visited).toBeLessThanOrEqual(201);
    const oldest = Array.from({ length: 200 }, (_, index) => `${index * 3 + 1}`);
    expect(claimed.map(({ sourceId }) => sourceId).sort()).toEqual(oldest.sort());
  });

  test('the next due time is the first entry of an index per lane', () => {
    const table = deliveryTable(database);
    expect(table.nextDueMs('hubspot', 0)).toBe(3);
    expect(table.nextDueMs('hubspot', 7)).toBeUndefined();
    const next = statements.find((statement) => statement.includes('"due_ms" as "dueMs"')) as string;
    expect(plan(next)).toEqual(['SEARCH delivery USING COVERING INDEX delivery_due (target=? AND lane=?)']);
  });
});
