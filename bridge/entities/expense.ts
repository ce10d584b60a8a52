import { costCentre, currencyOf, legalEntity } from './dimension.ts';
import { defineEntity } from './entity.ts';
import { code, day, flag, money, reference, text } from './field.ts';

const outcome = { owner: 'erp', accounting: true } as const;

export const expense = defineEntity({
  name: 'expense',
  version: 1,
  meaning: 'What one worker spent on one day, for a project or for the firm.',
  owner: 'psa',
  fields: {
    worker: reference('worker', 'Who spent it.'),
    project: reference('project', 'For which project; empty for the firm itself.'),
    task: reference('task', 'For which task of it.'),
    day: day('The day on the receipt.'),
    category: text('Kind of expense, by the name that the firm gives it: "Travel".'),
    notes: text('What it was for.'),
    amount: money('What was spent, with tax.'),
    currency: currencyOf('the amount'),
    paid_by: code('Who paid, so whom it is owed to.', ['worker', 'company']),
    billable: flag('True when the customer is to be billed.'),
    approval: code('Where it stands.', ['unsubmitted', 'submitted', 'approved', 'refused']),
    receipt: text('Address of the receipt in the system that keeps it.'),
    legal_entity: legalEntity,
    cost_centre: costCentre,
    tax: money('Tax in the amount, as it was booked.', outcome),
    booking: code('Where it stands in the books.', ['none', 'posted', 'paid'], outcome),
    invoice: reference(
      'invoice',
      'The invoice that it was billed on; empty while it is not billed.',
      outcome,
    ),
  },
});
