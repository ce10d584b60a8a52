import type { WriteFailed } from '../system.ts';

/** Values of Odoo's own fields, as a write takes them. */
export type OdooValues = Record<string, unknown>;

export type ValuesResult =
  | { readonly ok: true; readonly values: OdooValues }
  | (WriteFailed & { readonly ok: false });

/** The values cannot be written; `message` is a plain sentence. */
export const failed = (message: string): ValuesResult => ({ ok: false, error: 'invalid', message });
