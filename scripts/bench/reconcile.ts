import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { createLandscape } from '../../bridge/engine/landscape.ts';
import type { ReconciliationRun } from '../../bridge/store/reconciliation-run.ts';
import type { StoredTotal } from '../../bridge/store/reconciliation-total.ts';
import { startChild } from './child.ts';
import { reconcileConnectors, reconcileRules } from './reconcile-rules.ts';
import { fillPairs } from './reconcile-store.ts';
import { median, microseconds, milliseconds, share, table, times, whole } from './statistics.ts';

const pairs = 100_000;
const rounds = 3;

/** Reconciling what both sides have on record, beside walking over the same rows and doing nothing with them. */
export async function measureReconcile(print: (line: string) => void): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'services-bridge-bench-'));
  const path = join(folder, 'bridge.sqlite');
  await fillPairs(path, pairs, createLandscape(reconcileRules(), reconcileConnectors()));
  const child = await startChild('reconcile-run.ts', [path]);
  const compared: number[] = [];
  const plain: number[] = [];
  const busy: number[] = [];
  let resident = 0;
  let longestMs = 0;
  for (let round = 0; round < rounds; round++) {
    plain.push(pairs / walkPlainly(path));
    const result = await child.ask({});
    check(result.run as ReconciliationRun, result.totals as StoredTotal[]);
    compared.push(pairs / Number(result.seconds));
    busy.push((Number(result.cpuSeconds) / pairs) * 1e6);
    resident = Math.max(resident, Number(result.resident));
    longestMs = Math.max(longestMs, Number(result.longestMs));
  }
  await child.end();
  print(`Reconciliation of ${whole(pairs)} pairs that are on record on both sides`);
  print(
    table([
      ['pairs/s, median', '', 'of the one above'],
      ['walk over the rows and parse them, nothing else', whole(median(plain)), ''],
      [
        'compare them, and add both sides up',
        whole(median(compared)),
        share(median(compared) / median(plain)),
      ],
    ]),
  );
  print(`  of the aim: ${times(median(compared) / 20_000)} of 20,000/s`);
  print(`  processor time ${microseconds(median(busy))} a pair, whatever else the machine does`);
  print(
    `  resident memory ${whole(resident)} MB, of 200 MB allowed; longest pause for others ${milliseconds(longestMs)}`,
  );
  rmSync(folder, { recursive: true, force: true });
}

/** Seconds that reading the same records takes. */
function walkPlainly(path: string): number {
  const connection = new Database(path, { readonly: true });
  const begin = performance.now();
  const rows = connection.prepare<[], { here: string; there: string }>(
    `select mine.state as here, other.state as there from record as mine
      join link as own on own.system = mine.system and own.entity = mine.entity and own.external_id = mine.external_id
      join link as there on there.object_id = own.object_id and there.system = 'odoo'
      join record as other on other.system = there.system and other.entity = there.entity
        and other.external_id = there.external_id
      where mine.system = 'harvest' and mine.entity = 'timesheet' order by mine.external_id`,
  );
  let found = 0;
  for (const { here, there } of rows.iterate()) if (JSON.parse(here).day === JSON.parse(there).day) found++;
  connection.close();
  if (found !== pairs) throw new Error(`${found} of ${pairs} pairs were found`);
  return (performance.now() - begin) / 1000;
}

function check({ state, counts, note }: ReconciliationRun, totals: readonly StoredTotal[]): void {
  const found = ['different', 'missing-there', 'missing-here', 'unwanted', 'duplicate', 'waiting', 'unread'];
  if (state !== 'done' || counts.compared !== pairs || found.some((kind) => counts[kind] !== undefined))
    throw new Error(`The run is ${state}: ${note ?? ''} ${JSON.stringify(counts)}`);
  const differing = totals.filter(({ here, there }) => here !== there);
  if (totals.length === 0 || differing.length > 0)
    throw new Error(`${differing.length} of ${totals.length} totals differ`);
}
