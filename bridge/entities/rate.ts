import { currencyOf, legalEntity, resourceRole, serviceLine } from './dimension.ts';
import { defineEntity } from './entity.ts';
import { code, day, money, reference, text } from './field.ts';

export const rate = defineEntity({
  name: 'rate',
  version: 1,
  meaning:
    'One line of a rate card: what work costs the customer. The line that says most about a piece of work applies.',
  owner: 'erp',
  fields: {
    rate_card: text('Name of the rate card that it is a line of.'),
    contract: reference('contract', 'The one contract that it holds for; empty for all with this rate card.'),
    legal_entity: legalEntity,
    service_line: serviceLine,
    resource_role: resourceRole('Role whose work it prices; empty for all roles'),
    worker: reference('worker', 'The one worker whose work it prices; empty for all.'),
    price: money('Price without tax of one hour or one day, as `per` says.'),
    currency: currencyOf('the price'),
    per: code('What the price is for.', ['hour', 'day']),
    valid_from: day('First day of work that it holds for.'),
    valid_until: day('Last day of work that it holds for; empty for no end.'),
  },
});
