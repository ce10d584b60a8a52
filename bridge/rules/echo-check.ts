import { type RuleDraft, writtenFields } from './draft.ts';
import type { FieldDraft } from './mapping-file.ts';
import { placeText, type Report } from './problem.ts';

/** Values of one field in the systems with one role become those of another field elsewhere. */
interface Way {
  readonly from: Stop;
  readonly to: Stop;
  readonly field: FieldDraft;
}

/** A field of an entity in the systems with a role. */
type Stop = string;

/**
 * Checks that no value comes back to the field that it started from: every change of it would go round for ever, or
 * undo what somebody else just entered.
 *
 * @param refused fields that may not be written anyway
 */
export function checkEchoes(
  rules: readonly RuleDraft[],
  refused: ReadonlySet<FieldDraft>,
  report: Report,
): void {
  const ways: Way[] = [];
  for (const rule of rules) {
    const { entity, from, to } = rule;
    if (entity === undefined || from === undefined || to === undefined) continue;
    for (const field of writtenFields(rule)) {
      if (refused.has(field)) continue;
      const target = stop(entity, to.value, field.value);
      for (const read of field.reads) {
        const way = { from: stop(entity, from.value, read.value), to: target, field };
        const round = roundTrip(way, ways);
        ways.push(way);
        if (round === undefined) continue;
        const stops = [way, ...round].map((part) => stopText(part.from));
        const message = `"${field.value}" of ${entity} would echo: it goes round ${[...stops, stops[0]].join(' → ')}`;
        const back = round.map((part) => placeText(part.field.place)).join(' and ');
        report(field.place, message, `leave out this way or the one back, see ${back}`);
        break;
      }
    }
  }
}

const stop = (entity: string, role: string, field: string): Stop => `${entity} ${role} ${field}`;
const stopText = (name: Stop): string => name.split(' ').slice(1).join(' ');

/** The ways that lead from the end of a way back to its start, the shortest first. */
function roundTrip(way: Way, ways: readonly Way[]): readonly Way[] | undefined {
  let open: { readonly at: Stop; readonly path: readonly Way[] }[] = [{ at: way.to, path: [] }];
  const seen = new Set<Stop>([way.to]);
  while (open.length > 0) {
    const next: typeof open = [];
    for (const { at, path } of open)
      for (const onward of ways) {
        if (onward.from !== at) continue;
        if (onward.to === way.from) return [...path, onward];
        if (seen.has(onward.to)) continue;
        seen.add(onward.to);
        next.push({ at: onward.to, path: [...path, onward] });
      }
    open = next;
  }
  return undefined;
}
