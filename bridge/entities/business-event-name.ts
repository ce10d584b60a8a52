/** Changes that people have a name for. What each means and carries is in `business-events.ts`. */
export const businessEventNames = [
  'opportunity.won',
  'project.opened',
  'resource.assigned',
  'time.approved',
  'time.withdrawn',
  'expense.approved',
  'milestone.completed',
  'contract.amended',
  'invoice.posted',
  'invoice.disputed',
  'invoice.paid',
  'payment.received',
] as const;

export type BusinessEventName = (typeof businessEventNames)[number];
