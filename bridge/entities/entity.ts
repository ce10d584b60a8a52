import * as v from 'valibot';
import type { Field, State } from './field.ts';

/** A canonical business object type. The version rises when a field changes its meaning or goes away. */
export interface Entity<Name extends string = string> {
  readonly name: Name;
  readonly version: number;
  readonly meaning: string;
  readonly fields: Readonly<Record<string, Field>>;
}

export function defineEntity<Name extends string>(
  name: Name,
  version: number,
  meaning: string,
  fields: Record<string, Field>,
): Entity<Name> {
  return { name, version, meaning, fields };
}

/** One field of a state that is not what the entity says. */
export interface FieldProblem {
  readonly field: string;
  readonly message: string;
}

/** Every field of `state` that is unknown to the entity or has a wrong value; empty when the state is good. */
export function checkState(entity: Entity, state: State): FieldProblem[] {
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
