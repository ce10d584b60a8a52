import { Decimal } from 'decimal.js';
import * as v from 'valibot';

/** A record as Odoo answers it: `id` and the fields that were asked for; what is empty is `false`. */
export type Row = Readonly<Record<string, unknown>> & { readonly id: number };

const rowsSchema = v.array(v.looseObject({ id: v.pipe(v.number(), v.integer()) }));

/** `undefined` for an answer that is no list of records. */
export function readRows(answer: unknown): Row[] | undefined {
  const result = v.safeParse(rowsSchema, answer);
  return result.success ? result.output : undefined;
}

/** Text of a char, text, date or selection field; `null` when it is empty. */
export function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

/** Id of a many2one, which Odoo answers as `[id, name]`. */
export function idOf(value: unknown): number | null {
  if (Array.isArray(value)) return typeof value[0] === 'number' ? value[0] : null;
  return typeof value === 'number' ? value : null;
}

/** Name of a many2one. */
export function nameOf(value: unknown): string | null {
  return Array.isArray(value) ? textOf(value[1]) : null;
}

/** Ids of an x2many. */
export function idsOf(value: unknown): number[] {
  return Array.isArray(value) ? value.filter((id) => typeof id === 'number') : [];
}

/** The canonical reference to a record. */
export function referenceOf(value: unknown): string | null {
  const id = idOf(value);
  return id === null ? null : String(id);
}

/** Day of a date or datetime field, `2026-01-31` or `2026-01-31 09:15:02`, both UTC. */
export function dayOf(value: unknown): string | null {
  return textOf(value)?.slice(0, 10) ?? null;
}

/** The lower-case address in an e-mail field, which may be written as `Name <name@example.com>`. */
export function emailOf(value: unknown): string | null {
  return /[^\s<>,;"]+@[^\s<>,;"]+/.exec(textOf(value) ?? '')?.[0].toLowerCase() ?? null;
}

/**
 * A float of Odoo as the decimal that a person typed. Odoo's database keeps exact decimals, and the shortest text of the
 * nearest float gives them back; more than six places are the residue of Odoo's own float arithmetic.
 */
export function decimalOf(value: unknown): Decimal {
  return new Decimal(typeof value === 'number' ? value : 0).toDecimalPlaces(6);
}

/** `1250.50`: two places, more only where they matter (three in Kuwaiti dinar). */
export function moneyText(amount: Decimal): string {
  return amount.toFixed(Math.max(2, amount.decimalPlaces()));
}

/** `7.5`: as many places as matter. */
export const quantityText = (quantity: Decimal): string => quantity.toFixed();

/** Odoo's integer for a canonical id; `undefined` for a text that is no id of Odoo's. */
export function integerOf(id: string): number | undefined {
  return /^[1-9]\d{0,9}$/.test(id) ? Number(id) : undefined;
}

/** A text in which `like` patterns find only itself. */
export const likeText = (text: string): string => text.replace(/[\\%_]/g, '\\$&');
