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
  /** What people call an object; `undefined` where it has no name or is not known. */
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
        if (!names.has(key)) names.set(key, shownName(records.get(object)?.state, object.entity));
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
