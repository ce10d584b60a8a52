import * as v from 'valibot';
import type { Field, State } from './field.ts';
import type { Role } from './role.ts';

/** A field as it stands in an entity: who usually owns it is always said. */
export interface EntityField extends Field {
  readonly owner: Role;
}

type Fields = Readonly<Record<string, Field>>;
type EntityFields = Readonly<Record<string, EntityField>>;

/** A version that is no longer written, kept because states of it are still stored. */
export interface EarlierVersion<OfFields extends Fields = EntityFields> {
  readonly fields: OfFields;
  /** What a state of this version is in the next one. Pure, and good for states that lack some of the fields. */
  readonly upgrade: (state: State) => State;
}

/** A canonical business object type. The version rises when a field changes its meaning or goes away. */
export interface Entity<Name extends string = string> {
  readonly name: Name;
  readonly version: number;
  /** What one object of it is to people. */
  readonly meaning: string;
  /** True where the object as a whole is an accounting outcome: the erp makes it, and nobody writes it there. */
  readonly accounting: boolean;
  readonly fields: EntityFields;
  /** Every version before this one, by its number. */
  readonly earlier: Readonly<Record<number, EarlierVersion>>;
}

export interface EntityDefinition<Name extends string> {
  readonly name: Name;
  readonly version: number;
  readonly meaning: string;
  /** Who usually owns the fields that do not say it themselves. */
  readonly owner: Role;
  readonly accounting?: true;
  readonly fields: Fields;
  readonly earlier?: Readonly<Record<number, EarlierVersion<Fields>>>;
}

/** @throws Error when a version before this one is missing: states of it could not be read */
export function defineEntity<Name extends string>(definition: EntityDefinition<Name>): Entity<Name> {
  const { name, version, meaning, accounting = false } = definition;
  const complete = (fields: Fields): EntityFields =>
    mapValues(fields, (field) => ({
      ...field,
      owner: field.owner ?? definition.owner,
      ...(accounting ? { accounting } : {}),
    }));
  const earlier: Record<number, EarlierVersion> = {};
  for (let number = 1; number < version; number++) {
    const found = definition.earlier?.[number];
    if (found === undefined)
      throw new Error(`${name} has version ${version}, but none of its version ${number}`);
    earlier[number] = { fields: complete(found.fields), upgrade: found.upgrade };
  }
  return { name, version, meaning, accounting, fields: complete(definition.fields), earlier };
}

const mapValues = <From, To>(
  record: Readonly<Record<string, From>>,
  change: (value: From) => To,
): Readonly<Record<string, To>> =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value)]));

/** True for what follows from the books: it comes from the erp, and no rule may write it there. */
export const isAccountingOutcome = (entity: Entity, field: string): boolean =>
  entity.fields[field]?.accounting === true;

/** One field of a state that is not what the entity says. */
export interface FieldProblem {
  readonly field: string;
  readonly message: string;
}

/** Every field of `state` that is unknown to the entity or has a wrong value; empty when the state is good. */
export function checkState(entity: Pick<Entity, 'name' | 'fields'>, state: State): FieldProblem[] {
  const problems: FieldProblem[] = [];
  for (const [name, value] of Object.entries(state)) {
    const field = entity.fields[name];
    if (field === undefined) {
      problems.push({ field: name, message: `${entity.name} has no field "${name}"` });
      continue;
    }
    const result = v.safeParse(field.schema, value);
    if (!result.success) problems.push({ field: name, message: result.issues[0].message });
  }
  return problems;
}
