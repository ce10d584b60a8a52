import { type Flow, subject } from './flow.ts';
import { readFlowCondition } from './flow-condition-file.ts';
import type { FlowDraft, FlowObjectDraft, FlowRequest } from './flow-draft.ts';
import { flowFileKeys } from './flow-keys.ts';
import { type FieldSets, readObject, readSubject } from './flow-object-file.ts';
import { type FlowScope, mention } from './flow-scope.ts';
import { type ReadStep, readStep } from './flow-step-file.ts';
import { nameAdvice, namePattern } from './name.ts';
import { type Placed, placeText } from './problem.ts';
import type { Piece, Reader } from './reader.ts';
import type { TableDraft } from './table-file.ts';
import { fieldOf } from './value-file.ts';

/** True for a file with a flow: it says so at its top, or has steps, which nothing else has. */
export const holdsFlow = ({ root, holds }: Reader): boolean =>
  root !== undefined &&
  (holds(root, 'flow') || (holds(root, 'steps') && !holds(root, 'entity') && !holds(root, 'rules')));

/** What flows can speak of. */
export interface FlowWords {
  readonly fieldSets: FieldSets;
  readonly tables: readonly TableDraft[];
  /** False when a file could not be read that may have more tables or fields. */
  readonly complete: boolean;
}

/** Reads a file with a flow: `{flow, title, subject, when?, where?, owner?, objects?, steps}`. */
export function readFlow(reader: Reader, { fieldSets, tables, complete }: FlowWords): FlowDraft {
  const root = reader.root as Piece;
  const parts = reader.keys(root, 'the flow', flowFileKeys) ?? {};
  const id = parts.flow && readId(reader, parts.flow);
  const title = parts.title && reader.text(parts.title, '"title"');
  const owner = parts.owner && reader.text(parts.owner, '"owner"');
  const { draft: about, knownIn } = readSubject(reader, parts.subject, root, fieldSets);
  const drafts = new Map<string, FlowObjectDraft>([[subject, about]]);
  // It starts by its subject alone: a change of another object starts nothing.
  const alone: FlowScope = { objects: new Map(drafts), tables, complete, mentions: [] };
  const condition = readFlowCondition(reader, parts, alone, about);
  const since = parts.since && readSince(reader, parts.since, alone, about);
  const again = parts.again && readAgain(reader, parts.again, alone, about);
  const repeats = parts.repeats && reader.flag(parts.repeats, '"repeats"');

  const entries = parts.objects === undefined ? [] : reader.entries(parts.objects, '"objects"');
  const objects = (entries ?? []).map((entry) => {
    const read = readObject(reader, entry, drafts, fieldSets);
    drafts.set(entry.key.value, read.draft);
    return read.object;
  });
  const scope: FlowScope = { objects: drafts, tables, complete, mentions: alone.mentions };
  const steps = readSteps(reader, parts.steps, scope, owner);
  // One that could not be read may be what does something.
  if (repeats?.value === true && steps.every(({ step }) => step !== undefined && step.kind !== 'call'))
    reader.report(
      repeats.place,
      'the flow repeats, but does nothing',
      'leave it out, or add a step with "call"',
    );

  return {
    id,
    objects: [...drafts.values()],
    knownIn,
    mentions: scope.mentions,
    requests: steps.flatMap(({ request }): readonly FlowRequest[] =>
      request === undefined ? [] : [request],
    ),
    flow:
      id === undefined || title === undefined || about.entity === undefined || about.role === undefined
        ? undefined
        : assemble({
            id: id.value,
            title: title.value.trim(),
            entity: about.entity,
            from: about.role.value,
            condition,
            ...(knownIn === undefined ? {} : { knownIn: knownIn.value }),
            ...(since === undefined ? {} : { since }),
            ...(again === undefined ? {} : { again }),
            ...(repeats?.value === true ? { repeats: true } : {}),
            objects,
            steps: steps.map(({ step }) => step),
          }),
  };
}

type Assembly = Omit<Flow, 'objects' | 'steps'> & {
  readonly objects: readonly (Flow['objects'][number] | undefined)[];
  readonly steps: readonly (Flow['steps'][number] | undefined)[];
};

function assemble({ objects, steps, ...others }: Assembly): Flow | undefined {
  const known = objects.filter((object) => object !== undefined);
  const read = steps.filter((step) => step !== undefined);
  if (known.length < objects.length || read.length < steps.length) return undefined;
  return { ...others, objects: known, steps: read };
}

function readId(reader: Reader, piece: Piece): Placed<string> | undefined {
  const id = reader.text(piece, '"flow"');
  if (id === undefined || namePattern.test(id.value)) return id;
  reader.report(id.place, `a flow cannot be called "${id.value}"`, nameAdvice);
  return undefined;
}

function readSince(
  reader: Reader,
  piece: Piece,
  scope: FlowScope,
  about: FlowObjectDraft,
): string | undefined {
  const name = reader.text(piece, '"since"');
  if (name === undefined || about.fields === undefined) return undefined;
  const field = fieldOf(reader, name.place, name.value, about.fields, '"since" names');
  if (field === undefined) return undefined;
  if (field.kind !== 'day') {
    reader.report(name.place, `"${name.value}" is no day`, 'name a field that is one, such as close_on');
    return undefined;
  }
  mention(scope, about, [name]);
  return name.value;
}

function readAgain(
  reader: Reader,
  piece: Piece,
  scope: FlowScope,
  about: FlowObjectDraft,
): readonly string[] | undefined {
  const { fields } = about;
  const items = reader.list(piece, '"again"');
  if (fields === undefined || items === undefined) return undefined;
  if (items.length === 0) reader.report(piece.place, '"again" names no field', 'leave it out');
  const found = new Set<string>();
  for (const item of items) {
    const name = reader.text(item, 'an item of "again"');
    if (name === undefined) continue;
    if (fieldOf(reader, name.place, name.value, fields, '"again" names') === undefined) continue;
    if (found.has(name.value)) reader.report(name.place, `"again" lists "${name.value}" twice`);
    found.add(name.value);
    mention(scope, about, [name]);
  }
  return [...found];
}

function readSteps(
  reader: Reader,
  piece: Piece | undefined,
  scope: FlowScope,
  owner: Placed<string> | undefined,
): ReadStep[] {
  const pieces = piece && reader.list(piece, '"steps"');
  if (piece !== undefined && pieces?.length === 0)
    reader.report(piece.place, 'the flow has no step', 'say at least what has to be true: require');
  const steps = (pieces ?? []).map((item) => readStep(reader, item, scope, owner));
  const first = new Map<string, Placed<string>>();
  for (const { id } of steps) {
    if (id === undefined) continue;
    const earlier = first.get(id.value);
    if (earlier === undefined) first.set(id.value, id);
    else
      reader.report(
        id.place,
        `the step id "${id.value}" is taken, see ${placeText(earlier.place)}`,
        'choose another id',
      );
  }
  return steps;
}
