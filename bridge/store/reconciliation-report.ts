import { openDatabaseForReading, StoreError } from './database.ts';
import { type Finding, findingTable } from './reconciliation-finding.ts';
import { type ReconciliationRun, runTable } from './reconciliation-run.ts';
import { type StoredTotal, totalTable } from './reconciliation-total.ts';
import { recordTable, type SystemObject } from './record.ts';
import { shownName } from './shown-name.ts';

/** What runs have come to, for whoever shows it beside a running bridge. Reads only. */
export interface ReconciliationArchive {
  /** The newest first. */
  runs(limit: number): ReconciliationRun[];
  run(id: string): ReconciliationRun | undefined;
  totals(run: string): StoredTotal[];
  /** All findings of a run in the order in which they were found, a few at a time in memory. */
  findings(run: string): Iterable<Finding>;
  /** What people call an object, there or in a system that it is linked with; `undefined` where nobody knows a name. */
  nameOf(object: SystemObject): string | undefined;
  close(): void;
}

const findingsPerRead = 500;

/** @throws StoreError with a plain sentence */
export function openReconciliations(path: string): ReconciliationArchive {
  const database = openDatabaseForReading(path);
  const { connection } = database;
  try {
    const runs = runTable(database);
    const findings = findingTable(database);
    const totals = totalTable(database);
    const records = recordTable(database);
    const counterparts = connection.prepare<SystemObject, Pick<SystemObject, 'system' | 'id'>>(
      `select there.system, there.external_id as id from link as here
       join link as there on there.object_id = here.object_id and there.system <> here.system
       where here.system = @system and here.entity = @entity and here.external_id = @id order by there.system`,
    );
    const names = new Map<string, string | undefined>();
    return {
      runs: (limit) => runs.newest(limit),
      run: (id) => runs.get(id),
      totals: (run) => totals.ofRun(run),
      *findings(run) {
        for (let after = 0; ; ) {
          const page = findings.after(run, after, findingsPerRead);
          yield* page;
          const last = page.at(-1);
          if (last === undefined) return;
          after = last.seq;
        }
      },
      nameOf(object) {
        const key = `${object.system} ${object.entity} ${object.id}`;
        if (!names.has(key)) {
          const all = [object, ...counterparts.all(object)].map((each) =>
            shownName(records.get({ ...object, ...each })?.state, object.entity),
          );
          names.set(
            key,
            all.find((name) => name !== undefined),
          );
        }
        return names.get(key);
      },
      close: () => connection.close(),
    };
  } catch (error) {
    connection.close();
    throw new StoreError(
      `${path} knows no reconciliations yet. Start the bridge once with this release: ${(error as Error).message}.`,
      { cause: error },
    );
  }
}
