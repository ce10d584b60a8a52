import { Decimal } from 'decimal.js';
import type { EntityName } from '../../entities/catalogue.ts';
import type { State, Value } from '../../entities/field.ts';
import { valueProblem } from '../extension.ts';
import type { SystemExtension } from '../system.ts';
import { dayOf, decimalOf, nameOf, quantityText, type Row, textOf } from './value.ts';
import { failed, type OdooValues, type ValuesResult } from './values.ts';

/** The fields that the firm added to one entity's model. */
export interface OwnFields {
  /** Their canonical names. */
  readonly fields: readonly string[];
  /** Their names in Odoo. */
  readonly names: readonly string[];
  /** Their canonical values in a record that was read with them. */
  stateOf(row: Row): State;
  /** What Odoo is sent for those that a state has. */
  valuesOf(state: State): ValuesResult;
}

/** @param extensions of all entities */
export function ownFieldsOf(entity: EntityName, extensions: readonly SystemExtension[]): OwnFields {
  const own = extensions.filter((extension) => extension.entity === entity);
  return {
    fields: own.map(({ field }) => field),
    names: [...new Set(own.map(({ name }) => name))],
    stateOf(row) {
      const state: Record<string, Value> = {};
      for (const { field, kind, name } of own) state[field] = canonicalValue(kind, row[name]);
      return state;
    },
    valuesOf(state) {
      const values: OdooValues = {};
      for (const extension of own) {
        const value = state[extension.field];
        if (value === undefined) continue;
        const problem = valueProblem(extension, value);
        if (problem !== undefined) return failed(problem);
        values[extension.name] = odooValue(extension.kind, value);
      }
      return { ok: true, values };
    },
  };
}

/** Of a many2one it is the name: what people see. */
function canonicalValue(kind: SystemExtension['kind'], value: unknown): Value {
  switch (kind) {
    case 'flag':
      return value === true;
    case 'decimal':
      return typeof value === 'number' ? quantityText(decimalOf(value)) : null;
    case 'day':
      return dayOf(value);
    default:
      return Array.isArray(value) ? nameOf(value) : textOf(value);
  }
}

/**
 * Odoo keeps no empty flags and numbers: they become false and 0. A decimal goes as text, which the addon makes a number
 * of: `7` fits a whole number too, and `7.5` is refused there instead of being cut.
 */
function odooValue(kind: SystemExtension['kind'], value: Value): unknown {
  if (value === null) return false;
  return kind === 'decimal' ? new Decimal(String(value)).toFixed() : value;
}
