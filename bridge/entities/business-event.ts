import * as v from 'valibot';
import type { BusinessEventName } from './business-event-name.ts';
import type { EntityName } from './catalogue.ts';
import type { Entity, EntityField } from './entity.ts';
import type { State, Value } from './field.ts';

/** What an event tells besides its name and its object. `null` where the object has no such value, or it is not known. */
export type BusinessEventData = Readonly<Record<string, Value | State>>;

/** A value that events of one kind carry. */
export type DataField =
  | EntityField
  /** Earlier values, by name, of those of `fields` that changed. */
  | {
      readonly kind: 'earlier';
      readonly meaning: string;
      readonly fields: Readonly<Record<string, EntityField>>;
    };

/** A kind of business event. The version rises when a value changes its meaning or goes away. */
export interface BusinessEventDefinition {
  readonly name: BusinessEventName;
  readonly version: number;
  /** What happened, in one sentence for people. */
  readonly meaning: string;
  readonly entity: EntityName;
  /** The field that decides. Only the system that owns it tells of the event, so that it comes once. */
  readonly field: string;
  /** A change of none of these fields makes no such event. */
  readonly watched: readonly string[];
  /**
   * True when another event is told as the object disappears while this one holds: should the object come back, this one is
   * told again.
   */
  readonly endsWithObject: boolean;
  readonly data: Readonly<Record<string, DataField>>;
  /**
   * What the event tells when this change is one, else `undefined`. Pure.
   *
   * @param before `null` for an object that has just been created; a field that it lacks was not known
   * @param after `null` for an object that is gone
   */
  derive(before: State | null, after: State | null): BusinessEventData | undefined;
}

/** Fields of an entity as values of an event, and the values of a state for them. */
export interface Carried {
  readonly fields: Readonly<Record<string, EntityField>>;
  of(state: State): State;
}

/** @throws Error for a name that the entity does not have */
export function carry(entity: Entity, ...names: readonly string[]): Carried {
  const fields: Record<string, EntityField> = {};
  for (const name of names) {
    const field = entity.fields[name];
    if (field === undefined) throw new Error(`${entity.name} has no field "${name}"`);
    fields[name] = field;
  }
  return {
    fields,
    of: (state) => Object.fromEntries(names.map((name) => [name, state[name] ?? null])),
  };
}

/**
 * True when a field has this value now and had another one before, or the object has just been created with it. A field that
 * was not known before has changed from nobody knows what, so it counts as no transition.
 */
export function becomes(field: string, value: Value, before: State | null, after: State | null): boolean {
  if (after?.[field] !== value) return false;
  return before === null || (before[field] !== undefined && before[field] !== value);
}

/** An event that is told when a field of its entity takes this value. */
export const onBecoming = (field: string, value: Value, carried: Carried) => ({
  field,
  watched: [field],
  endsWithObject: false,
  data: carried.fields,
  derive: (before: State | null, after: State | null) =>
    becomes(field, value, before, after) ? carried.of(after as State) : undefined,
});

/** The schema of an event's data: exactly these values, each of them there. */
export const dataSchemaOf = ({ data }: Pick<BusinessEventDefinition, 'data'>) =>
  v.strictObject(Object.fromEntries(Object.entries(data).map(([name, field]) => [name, schemaOf(field)])));

function schemaOf(field: DataField): v.GenericSchema {
  if (field.kind !== 'earlier') return field.schema;
  const entries = Object.entries(field.fields).map(([name, { schema }]) => [name, v.optional(schema)]);
  return v.strictObject(Object.fromEntries(entries));
}
