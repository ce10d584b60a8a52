import { invoiceDisputed, invoicePaid, invoicePosted, paymentReceived } from './billing-events.ts';
import type { BusinessEventDefinition } from './business-event.ts';
import type { BusinessEventName } from './business-event-name.ts';
import { contractAmended, opportunityWon } from './sale-events.ts';
import {
  expenseApproved,
  milestoneCompleted,
  projectOpened,
  resourceAssigned,
  timeApproved,
  timeWithdrawn,
} from './work-events.ts';

/** Every business event that there is, by name. */
export const businessEvents: Readonly<Record<BusinessEventName, BusinessEventDefinition>> = {
  'opportunity.won': opportunityWon,
  'project.opened': projectOpened,
  'resource.assigned': resourceAssigned,
  'time.approved': timeApproved,
  'time.withdrawn': timeWithdrawn,
  'expense.approved': expenseApproved,
  'milestone.completed': milestoneCompleted,
  'contract.amended': contractAmended,
  'invoice.posted': invoicePosted,
  'invoice.disputed': invoiceDisputed,
  'invoice.paid': invoicePaid,
  'payment.received': paymentReceived,
};
