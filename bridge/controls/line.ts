import type { SystemObject } from '../store/record.ts';

/** What is looked at between a won deal and a paid invoice. */
export const controls = {
  approved_not_posted: 'Approved time that is not in the erp',
  posted_differently: 'Time that the erp has differently',
  posted_not_approved: 'Time in the erp that is not approved any more',
  posted_not_invoiced: 'Posted time that is on no posted invoice',
  invoiced_not_visible: 'Invoices that the CRM does not show as they are',
  won_without_project: 'Won deals without a project',
} as const;

export type Control = keyof typeof controls;

/** One thing that stands between a won deal and a paid invoice. */
export interface ControlLine {
  readonly control: Control;
  /** As the system that tells of it names it. */
  readonly object: SystemObject;
  /** What it is, in words that people know it by. */
  readonly label: string;
  readonly customer: string | null;
  readonly legalEntity: string | null;
  /** `2026-10`; `null` where it belongs to none. */
  readonly month: string | null;
  /** Decimal hours; `null` where it is not about time. Negative where the erp has more than was approved. */
  readonly hours: string | null;
  /** Decimal money without tax; invoices with tax, credit notes negative. `null` where no price is known. */
  readonly amount: string | null;
  readonly currency: string | null;
  /** Since when it is so, as far as that is known: UTC ISO. */
  readonly since: string;
  /** Whose it is: a team. */
  readonly owner: string;
  /** E-mail address of the person in it, where one is named. */
  readonly person: string | null;
  readonly reason: string;
  readonly next: string;
}
