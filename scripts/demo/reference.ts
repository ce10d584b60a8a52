/** Odoo answers a reference as the id and the name of what it refers to. */
export const idOf = (reference: unknown): number => Number((reference as [number, string])[0]);

export const nameOf = (reference: unknown): string => (reference as [number, string])[1];
