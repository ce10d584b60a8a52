import { code, text } from './field.ts';

/*
 * Dimensions that many entities share, so that rules, totals and reports cut all of them the same way. Each is the name
 * or code that people use, not an id: it is the same in every system.
 */

/** Conditions and overrides by company of the group test this one. */
export const legalEntity = text(
  'Company of the own group, by its name in the erp; empty where it belongs to all companies of the group.',
  { owner: 'erp' },
);

/** ISO 4217, upper case: `EUR`. */
export const currencyOf = (what: string) => text(`ISO 4217 code of ${what}, upper case.`);

export const taxPosition = text(
  'How sales are taxed, by the name of the fiscal position in the erp: domestic, reverse charge, export.',
  { owner: 'erp' },
);

export const serviceLine = text(
  'Line of services that it belongs to, as the firm names it: "Data engineering".',
);

export const costCentre = text('Code of the cost centre that it is booked on.', { owner: 'erp' });

export const billingMethod = code(
  'How the work is billed: by time and materials, at a fixed fee, by milestone, as a retainer, or not at all.',
  ['time_and_materials', 'fixed_fee', 'milestone', 'retainer', 'none'],
);

export const resourceRole = (what: string) => text(`${what}, as rate cards name it: "Senior consultant".`);

/** Text, because each firm has its own; the erp computes due days from it. */
export const paymentTerms = text(
  'When invoices are due, by the name of the payment terms in the erp: "30 days".',
  {
    owner: 'erp',
  },
);
