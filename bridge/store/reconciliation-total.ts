import type { OpenDatabase } from './database.ts';
import type { ReconciliationTotalTable } from './reconciliation-tables.ts';
import { prepare, slot } from './statement.ts';

/** What both sides add up to in one group. All amounts are decimals. */
export interface StoredTotal {
  /** Values of the dimensions of the run, in their order. References are ids of the source. */
  readonly group: readonly (string | null)[];
  readonly field: string;
  /** Empty for what is no money. */
  readonly currency: string;
  /** What should be in the other system, by the rules. */
  readonly here: string;
  /** What of it is there. */
  readonly there: string;
  /** What of the difference is on its way. */
  readonly waiting: string;
  /** All that the source has, whether or not it is to be brought. */
  readonly wholeHere: string;
  readonly wholeThere: string;
}

type Row = ReconciliationTotalTable;

export function totalTable({ connection, kysely }: OpenDatabase) {
  const put = prepare<object>(
    connection,
    kysely
      .insertInto('reconciliation_total')
      .values({
        run: slot('run'),
        dimensions: slot('dimensions'),
        field: slot('field'),
        currency: slot('currency'),
        here: slot('here'),
        there: slot('there'),
        waiting: slot('waiting'),
        whole_here: slot('wholeHere'),
        whole_there: slot('wholeThere'),
      })
      .onConflict((conflict) =>
        conflict.columns(['run', 'dimensions', 'field', 'currency']).doUpdateSet((excluded) => ({
          here: excluded.ref('excluded.here'),
          there: excluded.ref('excluded.there'),
          waiting: excluded.ref('excluded.waiting'),
          whole_here: excluded.ref('excluded.whole_here'),
          whole_there: excluded.ref('excluded.whole_there'),
        })),
      ),
  );
  const ofRun = prepare<{ run: string }, Row>(
    connection,
    kysely
      .selectFrom('reconciliation_total')
      .select(['run', 'dimensions', 'field', 'currency', 'here', 'there', 'waiting'])
      .select(['whole_here', 'whole_there'])
      .where('run', '=', slot<string>('run')),
  );

  return {
    put(run: string, { group, ...total }: StoredTotal): void {
      put.run({ run, dimensions: JSON.stringify(group), ...total });
    },
    ofRun: (run: string): StoredTotal[] => ofRun.all({ run }).map(fromRow),
  };
}

const fromRow = (row: Row): StoredTotal => ({
  group: JSON.parse(row.dimensions),
  field: row.field,
  currency: row.currency,
  here: row.here,
  there: row.there,
  waiting: row.waiting,
  wholeHere: row.whole_here,
  wholeThere: row.whole_there,
});
