import { Decimal } from 'decimal.js';
import type { ReconciliationArchive } from '../store/reconciliation-report.ts';
import { actionWords, groupText, kindWords, type RunReport } from './reconcile-text.ts';

/** A table for a spreadsheet: the names of the columns, and the rows. */
export interface Table {
  readonly header: readonly string[];
  readonly rows: readonly (readonly (string | null)[])[];
}

/** One row for each finding and each field that differs in it. */
export function findingsTable(
  { findings }: RunReport,
  archive: Pick<ReconciliationArchive, 'nameOf'>,
): Table {
  const header = [
    'found',
    'system',
    'entity',
    'id',
    'name',
    'other system',
    'other id',
    'field',
    'here',
    'there',
    'total of',
    'difference',
    'currency',
    'cause',
    'done about it',
  ];
  const rows = findings.flatMap((finding) => {
    const { kind, object, other, fields, effects, cause, action } = finding;
    const common = [
      kindWords[kind],
      object.system,
      object.entity,
      object.id,
      archive.nameOf(object) ?? null,
      other?.system ?? null,
      other?.id ?? null,
    ];
    const end = [cause ?? null, actionWords[action]];
    const differing = Object.entries(fields).map(([field, { ours, theirs }]) => [
      ...common,
      field,
      cellOf(ours),
      cellOf(theirs),
      null,
      null,
      null,
      ...end,
    ]);
    const amounts = effects.map(({ field, amount, currency }) => [
      ...common,
      null,
      null,
      null,
      field,
      amount,
      currency,
      ...end,
    ]);
    const all = [...differing, ...amounts];
    return all.length > 0 ? all : [[...common, null, null, null, null, null, null, ...end]];
  });
  return { header, rows };
}

/** One row for each group and each total. */
export function totalsTable(
  { run, totals }: RunReport,
  archive: Pick<ReconciliationArchive, 'nameOf'>,
): Table {
  const { by, source, target } = run.scope;
  const header = [
    ...by,
    'total of',
    'currency',
    `${source} to be brought`,
    `${target} of these`,
    'difference',
    'on its way',
    `all of ${source}`,
    `all of ${target}`,
  ];
  const rows = totals.map((total) => [
    ...by.map((dimension, index) => {
      const value = total.group[index] ?? null;
      return value === null
        ? null
        : groupText({ ...run, scope: { ...run.scope, by: [dimension] } }, [value], archive);
    }),
    total.field,
    total.currency,
    total.here,
    total.there,
    new Decimal(total.here).minus(total.there).toFixed(),
    total.waiting,
    total.wholeHere,
    total.wholeThere,
  ]);
  return { header, rows };
}

function cellOf(value: unknown): string | null {
  if (value === undefined || value === null) return null;
  return Array.isArray(value) ? value.join(' ') : String(value);
}
