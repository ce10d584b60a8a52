import { isMap, isScalar, isSeq } from 'yaml';
import { roles } from '../entities/role.ts';
import { noConditions, readConditions } from './conditions.ts';
import { type OverrideDraft, type RuleDraft, writtenFields } from './draft.ts';
import { readExpression } from './expression-file.ts';
import { overrideKeys, ruleKeys } from './keys.ts';
import { type FieldDraft, readFields, type Words } from './mapping-file.ts';
import { nameAdvice, namePattern } from './name.ts';
import type { Place, Placed } from './problem.ts';
import type { Piece, Reader } from './reader.ts';
import { lanes, type Rule, type WrittenFields, withdrawals } from './rule.ts';
import { suggest } from './suggest.ts';
import { readTiming, realTime } from './timing-file.ts';
import { fieldOf } from './value-file.ts';

export const creations = ['always', 'needed', 'never'] as const satisfies Rule['create'][];

type Parts<Keys> = Partial<Record<keyof Keys, Piece>>;
type RuleParts = Parts<typeof ruleKeys>;

const nowhere: Place = { file: '', line: 0, column: 0 };

/** Stands for rules that could not be read at all, so that nothing is said to be missing which may be among them. */
export const unreadable: RuleDraft = {
  place: nowhere,
  entity: undefined,
  id: undefined,
  from: undefined,
  to: undefined,
  fields: [],
  initial: [],
  when: noConditions,
  otherwise: { value: 'keep', place: nowhere },
  deleted: { value: 'keep', place: nowhere },
  match: [],
  propose: false,
  create: { value: 'always', place: nowhere },
  lane: 'operations',
  timing: realTime,
  shadow: false,
  overrides: [],
};

/** Reads one rule. `words` is absent when nobody knows which entity it is about. */
export function readRule(reader: Reader, piece: Piece, words: Words | undefined): RuleDraft {
  const parts = reader.keys(piece, 'the rule', ruleKeys);
  if (parts === undefined) return unreadable;
  const { place } = piece;
  const otherwise = readChoice(reader, parts.otherwise, '"otherwise"', withdrawals) ?? usual('keep', place);
  const draft: RuleDraft = {
    place,
    entity: words?.fields.entity,
    id: parts.id && readId(reader, parts.id),
    from: parts.from && reader.oneOf(parts.from, '"from"', roles),
    to: parts.to && reader.oneOf(parts.to, '"to"', roles),
    fields: parts.fields === undefined || words === undefined ? [] : readFields(reader, parts.fields, words),
    initial:
      parts.initial === undefined || words === undefined
        ? []
        : readFields(reader, parts.initial, words, '"initial"'),
    ...readSelection(reader, parts, words),
    otherwise,
    deleted: readChoice(reader, parts.deleted, '"deleted"', withdrawals) ?? otherwise,
    match: parts.match === undefined || words === undefined ? [] : readMatch(reader, parts.match, words),
    propose: readFlag(reader, parts.likely, '"likely"') ?? false,
    create: readChoice(reader, parts.create, '"create"', creations) ?? usual('always', place),
    lane: readChoice(reader, parts.lane, '"lane"', lanes)?.value ?? 'operations',
    timing: (parts.timing && readTiming(reader, parts.timing)) ?? realTime,
    shadow: readFlag(reader, parts.shadow, '"shadow"') ?? false,
    overrides: readOverrides(reader, parts, words),
  };
  if (draft.from !== undefined && draft.from.value === draft.to?.value) {
    const advice = 'name two different roles in "from" and "to"';
    reader.report(draft.to.place, `the rule goes from ${draft.from.value} to itself`, advice);
  }
  checkPurpose(reader, draft, parts);
  checkInitial(reader, draft, parts);
  if (draft.propose && words !== undefined && words.fields.get('name') === undefined)
    reader.report(
      (parts.likely as Piece).place,
      `nothing tells how alike two objects are that have no name, such as ${words.fields.entity}s`,
      'leave "likely" out',
    );
  return draft;
}

const usual = <Value>(value: Value, place: Place): Placed<Value> => ({ value, place });

const readChoice = <Known extends string>(
  reader: Reader,
  piece: Piece | undefined,
  what: string,
  known: readonly Known[],
): Placed<Known> | undefined => (piece === undefined ? undefined : reader.oneOf(piece, what, known));

const readFlag = (reader: Reader, piece: Piece | undefined, what: string): boolean | undefined =>
  piece === undefined ? undefined : reader.flag(piece, what)?.value;

function readSelection(
  reader: Reader,
  parts: Parts<{ when: Piece; where: Piece }>,
  words: Words | undefined,
) {
  const when =
    parts.when === undefined || words === undefined
      ? noConditions
      : readConditions(reader, parts.when, words.fields);
  const where =
    parts.where === undefined || words === undefined
      ? undefined
      : readExpression(reader, parts.where, words.fields, '"where"', 'flag');
  return { when, ...(where === undefined ? {} : { where }) };
}

function readOverrides(reader: Reader, rule: RuleParts, words: Words | undefined): OverrideDraft[] {
  if (rule.overrides === undefined) return [];
  return (reader.list(rule.overrides, '"overrides"') ?? []).flatMap((item) => {
    const parts = reader.keys(item, 'the override', overrideKeys);
    return parts === undefined ? [] : [readOverride(reader, item, parts, rule, words)];
  });
}

/** @param rule what it is an override of */
function readOverride(
  reader: Reader,
  item: Piece,
  parts: Parts<typeof overrideKeys>,
  rule: RuleParts,
  words: Words | undefined,
): OverrideDraft {
  const { when, where, skip, ...instead } = parts;
  if (when === undefined && where === undefined)
    reader.report(item.place, 'the override does not say for which objects', 'add "when" or "where"');
  const known = isMap(item.value) && item.value.items.length === Object.keys(parts).length;
  if (known && skip === undefined && Object.keys(instead).length === 0)
    reader.report(item.place, 'the override changes nothing', 'add "skip: true", or what is different');
  const otherwise = readChoice(reader, parts.otherwise, '"otherwise"', withdrawals);
  // As for the whole rule, deleted objects follow "otherwise" where nothing else is said.
  const deleted =
    readChoice(reader, parts.deleted, '"deleted"', withdrawals) ??
    (rule.deleted === undefined ? otherwise : undefined);
  const lane = readChoice(reader, parts.lane, '"lane"', lanes)?.value;
  const timing = parts.timing && readTiming(reader, parts.timing);
  const shadow = readFlag(reader, parts.shadow, '"shadow"');
  const fields =
    parts.fields === undefined || words === undefined ? undefined : readFields(reader, parts.fields, words);
  if (isEmptyList(parts.fields) && createsEmpty(rule))
    reader.report(
      parts.fields.place,
      'an override without fields would create empty objects',
      'list fields, or write "skip: true"',
    );
  return {
    ...readSelection(reader, parts, words),
    skip: readFlag(reader, skip, '"skip"') ?? false,
    ...(fields === undefined ? {} : { fields }),
    ...(otherwise === undefined ? {} : { otherwise }),
    ...(deleted === undefined ? {} : { deleted }),
    ...(lane === undefined ? {} : { lane }),
    ...(timing === undefined ? {} : { timing }),
    ...(shadow === undefined ? {} : { shadow }),
  };
}

/** A rule that carries nothing must at least find what is there already. */
function checkPurpose(reader: Reader, draft: RuleDraft, parts: RuleParts): void {
  if (!isEmptyList(parts.fields)) return;
  const { place } = parts.fields;
  if (draft.create.value !== 'never') {
    if (!createsEmpty(parts)) return;
    reader.report(
      place,
      'a rule without fields would create empty objects',
      'list fields, or write "create: never"',
    );
  } else if (parts.match === undefined || isEmptyList(parts.match))
    reader.report(place, 'a rule without "fields" and "match" does nothing', 'list one of them');
}

/** What an object gets once is nothing that it gets again and again. */
function checkInitial(reader: Reader, draft: RuleDraft, { initial }: RuleParts): void {
  if (initial === undefined) return;
  if (draft.create.value === 'never')
    reader.report(initial.place, 'a rule that creates nothing has no use for "initial"', 'leave it out');
  const always = writtenFields(draft);
  for (const { value, place } of draft.initial)
    if (always.some((field) => field.value === value))
      reader.report(
        place,
        `"${value}" stands under "fields" too, so it is always written`,
        'leave one of them',
      );
}

/** True where nothing but its fields says what is in the objects that a rule creates. */
const createsEmpty = ({ create, initial }: RuleParts): boolean =>
  !(isScalar(create?.value) && create.value.value === 'never') &&
  (initial === undefined || isEmptyList(initial));

/** Written as an empty list; not one whose items were all refused. */
const isEmptyList = (piece: Piece | undefined): piece is Piece =>
  isSeq(piece?.value) && piece.value.items.length === 0;

function readId(reader: Reader, piece: Piece): Placed<string> | undefined {
  const id = reader.text(piece, '"id"');
  if (id === undefined || namePattern.test(id.value)) return id;
  reader.report(id.place, `a rule cannot have the id "${id.value}"`, nameAdvice);
  return undefined;
}

function readMatch(reader: Reader, piece: Piece, { fields }: Words): Placed<string>[] {
  const texts = fields.names.filter((name) => fields.get(name)?.kind === 'text');
  const found: Placed<string>[] = [];
  for (const item of reader.list(piece, '"match"') ?? []) {
    const name = reader.text(item, 'an item of "match"');
    if (name === undefined) continue;
    if (fieldOf(reader, name.place, name.value, fields, '"match" names') === undefined) continue;
    if (found.some((other) => other.value === name.value))
      reader.report(name.place, `"match" lists "${name.value}" twice`);
    else if (texts.includes(name.value)) found.push(name);
    else {
      const message = `"${name.value}" cannot find an object: only a text can tell one from another`;
      reader.report(name.place, message, suggest(name.value, texts));
    }
  }
  return found;
}

/** Rules as they will be used: the fields' names, and how those are made that are not carried over as they stand. */
export const fieldsOf = (drafts: readonly FieldDraft[]): WrittenFields => ({
  fields: drafts.map((draft) => draft.value),
  mappings: Object.fromEntries(
    drafts.flatMap(({ value, mapping }) => (mapping === undefined ? [] : [[value, mapping]])),
  ),
});
