import type { SimulationSummary } from '../engine/simulate.ts';
import type { ActionDifference, FieldDifference, ObjectDifference } from '../engine/simulate-compare.ts';
import type { UnplayedDifference } from '../engine/simulate-not-played.ts';
import { entityOf } from '../entities/catalogue.ts';
import type { Value } from '../entities/field.ts';
import type { SystemObject } from '../store/record.ts';
import type { PastStore } from '../store/simulation.ts';

/** A difference with the ids that its objects have in the target. */
export interface ShownDifference extends Omit<ObjectDifference, 'fields'> {
  /** Absent where the object is not linked there. */
  readonly targetId?: string;
  readonly fields: readonly ShownField[];
}

interface ShownField extends FieldDifference {
  /** For references: the id in the target by the source's, `null` where it is not linked there. */
  readonly links?: Readonly<Record<string, string | null>>;
}

/** Looks up what is linked, as far as it is known today. */
export function show(difference: ObjectDifference, past: PastStore): ShownDifference {
  const { target, object } = difference;
  const idOf = (wanted: SystemObject) => past.links(wanted).find((link) => link.system === target)?.id;
  const targetId = idOf(object);
  const fields = difference.fields.map((field): ShownField => {
    const entity = referredEntity(object, field.field);
    if (entity === undefined) return field;
    const ids = [field.present, field.changed].flatMap((value) => value ?? []).filter(isText);
    const links = ids.map((id) => [id, idOf({ system: object.system, entity, id }) ?? null]);
    return { ...field, links: Object.fromEntries(links) };
  });
  return { ...difference, ...(targetId === undefined ? {} : { targetId }), fields };
}

const isText = (value: unknown): value is string => typeof value === 'string';

const referredEntity = ({ entity }: SystemObject, field: string) =>
  entityOf(entity).fields[field]?.entity as SystemObject['entity'] | undefined;

/** The outcome for people: what was looked at, then each object with what would be different. */
export function simulationText(
  summary: SimulationSummary,
  differences: readonly ShownDifference[],
  omitted: number,
): string {
  return [...summaryLines(summary), ...differences.flatMap(differenceLines), ...omittedLines(omitted)].join(
    '\n',
  );
}

function summaryLines(summary: SimulationSummary): string[] {
  const { since, versions, changes, objects, firstAt, deliveries, writes, different, notPlayed } = summary;
  const first = firstAt === undefined ? '' : `, the first of ${firstAt}`;
  const rows = [
    ['', 'present', 'changed', ''],
    ['rules', versions.present.slice(0, 12), versions.changed.slice(0, 12), ''],
    ['deliveries', String(deliveries.present), String(deliveries.changed), ''],
    ['of them with something new', String(writes.present), String(writes.changed), ''],
    ...summary.rules.map(({ rule, present, changed, objects: concerned }) => [
      `  ${rule}`,
      String(present),
      String(changed),
      concerned === 0 ? '' : `${counted(concerned, 'object')} different`,
    ]),
  ];
  return [
    `${counted(changes, 'change')} of ${counted(objects, 'object')} since ${since}${first}`,
    ...columns(rows),
    ...notPlayed.map(notPlayedText),
    different === 0
      ? 'Nothing would be written differently.'
      : `${counted(different, 'object')} would be written differently:`,
  ];
}

const notPlayedNames: Readonly<Record<UnplayedDifference['what'], string>> = {
  conflict: 'the conflict policy of',
  flow: 'the flow',
  reconciliation: 'the reconciliation',
};

function notPlayedText({ what, name, present, changed }: UnplayedDifference): string {
  const there =
    present === 'absent'
      ? 'is new'
      : changed === 'absent'
        ? 'is gone'
        : `is ${changed} instead of ${present}`;
  const how = present === changed ? 'is different' : there;
  return `Not simulated: ${notPlayedNames[what]} ${name} ${how}. What follows from it is not shown here.`;
}

const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

function columns(rows: readonly (readonly string[])[]): string[] {
  const width = (column: number) => Math.max(...rows.map((row) => (row[column] ?? '').length));
  const widths = [0, 1, 2].map(width);
  return rows.map(([name = '', present = '', changed = '', more = '']) =>
    `  ${name.padEnd(widths[0] ?? 0)}  ${present.padStart(widths[1] ?? 0)}  ${changed.padStart(widths[2] ?? 0)}  ${more}`.trimEnd(),
  );
}

const omittedLines = (omitted: number): string[] =>
  omitted === 0 ? [] : ['', `… and ${counted(omitted, 'more object')}: --limit shows them.`];

function differenceLines(difference: ShownDifference): string[] {
  const { target, targetId, object, at, changes, actions, fields, lane, timing, shadow } = difference;
  const there = targetId === undefined ? '' : ` (${targetId} there)`;
  const when = at === undefined ? '' : `, ${counted(changes, 'change')}, the last of ${at}`;
  const lines = ['', `${object.system}:${object.entity}:${object.id} → ${target}${there}${when}`];
  for (const action of actions) lines.push(`  ${actionText(action)}`);
  for (const field of fields) lines.push(`  ${fieldText(field, difference)}`);
  if (lane !== undefined) lines.push(`  lane: ${lane.present} → ${lane.changed}`);
  if (timing !== undefined) lines.push(`  timing: ${timing.present} → ${timing.changed}`);
  if (shadow !== undefined)
    lines.push(shadow.changed ? '  would only be recorded, because of shadow' : '  would leave the shadow');
  return lines;
}

const actionWords: Readonly<Record<ActionDifference['changed'], string>> = {
  create: 'be created',
  update: 'be updated',
  remove: 'be removed',
  raise: 'be given to a person',
  match: 'only be matched',
  nothing: 'stay as it is',
};

function actionText({ present, changed, cause }: ActionDifference): string {
  const why = cause === undefined ? '' : ` – ${cause}`;
  const text =
    changed === 'nothing'
      ? `would no longer ${actionWords[present]}`
      : present === 'nothing'
        ? `would ${actionWords[changed]}`
        : `would ${actionWords[changed]}, not ${actionWords[present]}`;
  return `${text}${why}`;
}

function fieldText(field: ShownField, { object }: ShownDifference): string {
  const name = field.field;
  const value = (shown: Value) => valueText(shown, field, object);
  const shadow = field.shadow === true ? ' (in shadow)' : '';
  if (field.present === undefined) return `+ ${name} = ${value(field.changed ?? null)}${shadow}`;
  if (field.changed === undefined) return `- ${name}, now ${value(field.present)}`;
  return `~ ${name}: ${value(field.present)} → ${value(field.changed)}${shadow}`;
}

/** As the trace shows values; a reference with the id that it has in the target, where that is known. */
function valueText(value: Value, { field, links }: ShownField, object: SystemObject): string {
  const entity = referredEntity(object, field);
  if (links === undefined || entity === undefined || value === null) return JSON.stringify(value);
  const ids = isText(value) ? [value] : Array.isArray(value) ? value : [];
  const names = ids.map((id) => {
    const known = links[id];
    return `${object.system}:${entity}:${id}${known === null || known === undefined ? ' (not linked)' : ` (${known} there)`}`;
  });
  return names.join(', ');
}
