import { Decimal } from 'decimal.js';
import type { Effect, Finding, FindingAction, FindingKind } from '../store/reconciliation-finding.ts';
import type { ReconciliationArchive } from '../store/reconciliation-report.ts';
import type { ReconciliationRun } from '../store/reconciliation-run.ts';
import type { StoredTotal } from '../store/reconciliation-total.ts';
import type { SystemObject } from '../store/record.ts';
import { age } from './age.ts';

/** Everything that is shown of a run. */
export interface RunReport {
  readonly run: ReconciliationRun;
  readonly totals: readonly StoredTotal[];
  readonly findings: readonly Finding[];
}

export const kindWords: Readonly<Record<FindingKind, string>> = {
  'missing-there': 'missing there',
  'missing-here': 'missing here',
  unwanted: 'should not be there',
  different: 'different',
  stale: 'was out of date',
  duplicate: 'there twice',
};

export const actionWords: Readonly<Record<FindingAction, string>> = {
  open: 'still to be looked at',
  'taken-in': 'taken in',
  repaired: 'brought again',
  raised: 'for a person',
  reported: 'only told',
  solved: 'has been put right meanwhile',
};

/** Two lines for each run, the newest first. */
export function runsText(runs: readonly ReconciliationRun[], now: number): string {
  if (runs.length === 0) return 'Nothing was reconciled yet.';
  return runs
    .map((run) => {
      const found = foundText(run);
      return [
        `${run.id}  ${run.declaration}: ${stateText(run)}, ${age(run.startedAt, now)} ago by ${run.startedBy}`,
        `  ${extentText(run)}${found === '' ? '' : `: ${found}`}`,
      ].join('\n');
    })
    .join('\n');
}

/** How far a run is, in one line. */
export function progressText(run: ReconciliationRun): string {
  if (run.state !== 'running') return `${run.declaration}: ${stateText(run)}`;
  const { phase, done, estimated } = run;
  const of = estimated === undefined || estimated < done ? '' : ` of about ${whole(estimated)}`;
  return `${run.declaration}: ${phaseWords[phase]} ${whole(done)}${of}`;
}

const phaseWords = {
  reading: 'read',
  comparing: 'compared',
  duplicates: 'looking for what is there twice,',
  acting: 'acted on',
  over: 'done with',
} as const;

const stateText = (run: ReconciliationRun): string =>
  run.state === 'failed' ? `failed (${run.note ?? 'nobody knows why'})` : run.state;

const whole = (number: number): string => number.toLocaleString('en-US');

function extentText({ scope }: Pick<ReconciliationRun, 'scope'>): string {
  const { from, to, entity, source, target } = scope;
  const days =
    from === undefined && to === undefined
      ? 'all'
      : [from === undefined ? '' : `from ${from}`, to === undefined ? '' : `to ${to}`].join(' ').trim();
  return `${entity} of ${source} and ${target}, ${days}`;
}

function foundText({ counts }: ReconciliationRun): string {
  const kinds = Object.entries(kindWords).flatMap(([kind, said]) => {
    const count = counts[kind] ?? 0;
    return count === 0 ? [] : [`${whole(count)} ${said}`];
  });
  return kinds.join(', ');
}

/** The run for people: totals first, then what makes the difference, then everything that was found. */
export function reportText(
  { run, totals, findings }: RunReport,
  limit: number,
  now: number,
  archive: Pick<ReconciliationArchive, 'nameOf'>,
): string {
  const { scope, counts } = run;
  const compared = whole(counts.compared ?? 0);
  const lines = [
    `${run.declaration}: ${extentText(run)}`,
    `  run ${run.id}, ${stateText(run)}, ${age(run.startedAt, now)} ago by ${run.startedBy}`,
    `  ${compared} compared${scope.known ? ', by what was on record' : ''}${counts.waiting === undefined ? '' : `, ${whole(counts.waiting)} of them on their way`}`,
  ];
  if (totals.length > 0) lines.push('Totals', ...totalLines(run, totals));
  const groups = differingGroups(run, totals, findings, limit, archive);
  if (groups.length > 0) lines.push('What makes the difference', ...groups);
  if (findings.length === 0)
    lines.push(run.state === 'done' ? 'Nothing differs.' : 'Nothing differs so far.');
  else lines.push('Found', ...findingLines(findings, limit, archive));
  return lines.join('\n');
}

/** Sums by month, of both sides, and of all that each system has. */
function totalLines(run: ReconciliationRun, totals: readonly StoredTotal[]): string[] {
  const { source, target, by } = run.scope;
  const period = by.indexOf('period');
  const rows = new Map<string, Summary>();
  for (const total of totals) {
    const month = (period < 0 ? undefined : total.group[period]) ?? (period < 0 ? 'all' : 'no day');
    const name = `${month} ${total.field}${total.currency === '' ? '' : ` ${total.currency}`}`;
    const row = rows.get(name) ?? nothing;
    rows.set(name, {
      here: row.here.plus(total.here),
      there: row.there.plus(total.there),
      waiting: row.waiting.plus(total.waiting),
      wholeHere: row.wholeHere.plus(total.wholeHere),
      wholeThere: row.wholeThere.plus(total.wholeThere),
    });
  }
  const table = [
    ['', `${source},`, `${target},`, '', '', 'all of', 'all of'],
    ['', 'to be brought', 'of these', 'difference', 'on its way', source, target],
    ...[...rows]
      .sort(([left], [right]) => (left < right ? -1 : 1))
      .map(([name, row]) => [
        name,
        row.here.toFixed(),
        row.there.toFixed(),
        row.here.minus(row.there).toFixed(),
        row.waiting.toFixed(),
        row.wholeHere.toFixed(),
        row.wholeThere.toFixed(),
      ]),
  ];
  return aligned(table);
}

interface Summary {
  readonly here: Decimal;
  readonly there: Decimal;
  readonly waiting: Decimal;
  readonly wholeHere: Decimal;
  readonly wholeThere: Decimal;
}

const zero = new Decimal(0);
const nothing: Summary = { here: zero, there: zero, waiting: zero, wholeHere: zero, wholeThere: zero };

/** The first column to the left, numbers to the right. */
function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    `  ${row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  ')}`.trimEnd(),
  );
}

function differingGroups(
  run: ReconciliationRun,
  totals: readonly StoredTotal[],
  findings: readonly Finding[],
  limit: number,
  archive: Pick<ReconciliationArchive, 'nameOf'>,
): string[] {
  const differing = totals.filter(({ here, there }) => !new Decimal(here).equals(there));
  const reasons = new Map<string, string[]>();
  for (const finding of findings)
    for (const effect of finding.effects) {
      const key = keyOf(effect);
      const list = reasons.get(key) ?? [];
      if (list.length < limit) list.push(`    ${signed(effect.amount)}  ${objectText(finding, archive)}`);
      reasons.set(key, list);
    }
  const shown = differing.slice(0, limit).flatMap((total) => {
    const { here, there, waiting, field, currency } = total;
    const onTheWay = new Decimal(waiting).isZero() ? '' : `, ${signed(waiting)} on its way`;
    return [
      `  ${groupText(run, total.group, archive)}: ${field}${currency === '' ? '' : ` ${currency}`} ${here} and ${there}, difference ${signed(new Decimal(here).minus(there).toFixed())}${onTheWay}`,
      ...(reasons.get(keyOf(total)) ?? []),
    ];
  });
  return differing.length <= limit
    ? shown
    : [...shown, `  … and ${whole(differing.length - limit)} more groups`];
}

const keyOf = ({ group, field, currency }: Pick<Effect, 'group' | 'field' | 'currency'>): string =>
  JSON.stringify([group, field, currency]);

const signed = (amount: string): string => (amount.startsWith('-') || amount === '0' ? amount : `+${amount}`);

/** Customers and projects by their names. */
export function groupText(
  { scope }: ReconciliationRun,
  group: readonly (string | null)[],
  archive: Pick<ReconciliationArchive, 'nameOf'>,
): string {
  const parts = scope.by.map((dimension, index) => {
    const value = group[index] ?? null;
    if (value === null) return `no ${dimension.replace('_', ' ')}`;
    if (dimension !== 'customer' && dimension !== 'project') return value;
    return archive.nameOf(memberOf(scope, dimension, value)) ?? value;
  });
  return parts.length === 0 ? 'all' : parts.join(', ');
}

/** What a group is named by: an id of the source, or `<system>:<entity>:<id>` of what has no counterpart there. */
function memberOf(
  { source, target }: ReconciliationRun['scope'],
  entity: 'customer' | 'project',
  value: string,
): SystemObject {
  const elsewhere = `${target}:${entity}:`;
  return value.startsWith(elsewhere)
    ? { system: target, entity, id: value.slice(elsewhere.length) }
    : { system: source, entity, id: value };
}

function findingLines(
  findings: readonly Finding[],
  limit: number,
  archive: Pick<ReconciliationArchive, 'nameOf'>,
): string[] {
  const byKind = Map.groupBy(findings, ({ kind }) => kind);
  const lines: string[] = [];
  for (const [kind, said] of Object.entries(kindWords)) {
    const found = byKind.get(kind as FindingKind);
    if (found === undefined) continue;
    const actions = Map.groupBy(found, ({ action }) => action);
    const done = [...actions].map(([action, list]) => `${whole(list.length)} ${actionWords[action]}`);
    lines.push(`  ${said}: ${whole(found.length)} (${done.join(', ')})`);
    for (const finding of found.slice(0, limit)) {
      const { fields, cause, object } = finding;
      lines.push(`    ${objectText(finding, archive)}: ${actionWords[finding.action]}`);
      for (const [field, { ours, theirs }] of Object.entries(fields))
        lines.push(`      ${field}: ${shown(ours)} | ${shown(theirs)}`);
      if (cause !== undefined) lines.push(`      ${cause}`);
      lines.push(`      bridge trace ${object.system}:${object.entity}:${object.id}`);
    }
    if (found.length > limit) lines.push(`    … and ${whole(found.length - limit)} more`);
  }
  return lines;
}

const shown = (value: unknown): string => (value === undefined ? 'not known' : JSON.stringify(value));

function objectText(
  { object, other }: Pick<Finding, 'object' | 'other'>,
  archive: Pick<ReconciliationArchive, 'nameOf'>,
): string {
  const name = archive.nameOf(object);
  const counterpart = other === undefined ? '' : `, ${other.id} of ${other.system}`;
  return `${object.entity} ${object.id} of ${object.system}${name === undefined ? '' : ` (${name})`}${counterpart}`;
}
