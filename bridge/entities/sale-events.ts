import { type BusinessEventDefinition, carry, onBecoming } from './business-event.ts';
import { contract } from './contract.ts';
import type { State, Value } from './field.ts';
import { opportunity } from './opportunity.ts';
import { sameValue } from './state.ts';

const wonSale = carry(
  opportunity,
  'name',
  'customer',
  'legal_entity',
  'service_line',
  'billing_method',
  'amount',
  'currency',
  'close_on',
);

export const opportunityWon: BusinessEventDefinition = {
  name: 'opportunity.won',
  version: 1,
  meaning: 'A sale was won.',
  entity: 'opportunity',
  ...onBecoming('status', 'won', wonSale),
};

/** What both sides agreed on; that something was billed, or a new name, amends nothing. */
const terms = [
  'billing_method',
  'billing_interval',
  'rate_card',
  'amount',
  'cap',
  'cap_hours',
  'currency',
  'expenses_billable',
  'payment_terms',
  'tax_position',
  'starts_on',
  'ends_on',
  'amendment',
];
const agreed = carry(contract, 'number', 'customer', 'opportunity', 'legal_entity', ...terms);

export const contractAmended: BusinessEventDefinition = {
  name: 'contract.amended',
  version: 1,
  meaning: 'The terms of a contract that is in force were changed.',
  entity: 'contract',
  field: 'amendment',
  watched: terms,
  endsWithObject: false,
  data: {
    ...agreed.fields,
    before: {
      kind: 'earlier',
      meaning: 'The terms that were changed, with their earlier values.',
      fields: carry(contract, ...terms).fields,
    },
  },
  derive(before, after) {
    if (before?.status !== 'active' || after?.status !== 'active') return undefined;
    const earlier = changedTerms(before, after);
    return Object.keys(earlier).length === 0 ? undefined : { ...agreed.of(after), before: earlier };
  },
};

/** A term that was not known on either side says nothing. */
function changedTerms(before: State, after: State): State {
  const earlier: Record<string, Value> = {};
  for (const term of terms) {
    const value = before[term];
    if (value !== undefined && after[term] !== undefined && !sameValue(value, after[term]))
      earlier[term] = value;
  }
  return earlier;
}
