import type { FieldKind, Value } from '../entities/field.ts';

// What rules and flows are made of.

/** All of these hold: the field has this value, or one of these values. */
export type Conditions = Readonly<Record<string, Value | readonly Value[]>>;

/** An expression over the fields of a state. It is data; `expression.ts` compiles it once. */
export interface Expression {
  readonly text: string;
  /** The fields that it reads, with their kinds. */
  readonly fields: Readonly<Record<string, FieldKind>>;
}

/** Says for each value of one side what it is on the other. */
export interface ValueTable {
  readonly name: string;
  /** By the source's value as text; flags are `true` and `false`. */
  readonly values: Readonly<Record<string, Value>>;
  /** What an empty value becomes. Absent: it stays empty. */
  readonly empty?: Value;
  /** What every other value becomes. Absent: a value that is not listed cannot be delivered. */
  readonly otherwise?: Value;
}

/** How the value of a field is made, where it is not the same field as it stands. */
export type Mapping =
  | { readonly kind: 'field'; readonly field: string; readonly table?: ValueTable }
  | {
      readonly kind: 'expression';
      readonly expression: Expression;
      /** What the result has to be. */
      readonly result: { readonly kind: FieldKind; readonly values?: readonly string[] };
    }
  | { readonly kind: 'constant'; readonly value: Value };

/** When a delivery may leave. A window opens by its cron expression (UTC) and stays open for some minutes. */
export type Timing =
  | { readonly kind: 'real-time' }
  | { readonly kind: 'window'; readonly cron: string; readonly minutes: number };
