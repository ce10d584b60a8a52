import { billingFields } from './billing.ts';
import { currencyOf, legalEntity, paymentTerms, taxPosition } from './dimension.ts';
import { defineEntity } from './entity.ts';
import { flag, reference, text } from './field.ts';

export const customer = defineEntity({
  name: 'customer',
  version: 1,
  meaning: 'A firm or person that buys services. Firms of one group form a tree by `parent`.',
  owner: 'erp',
  fields: {
    name: text('Legal or trading name.'),
    number: text('Customer number that people and documents know it by.'),
    is_company: flag('True for a firm, false for a person.'),
    parent: reference('customer', 'The firm this one belongs to.'),
    legal_entity: legalEntity,
    vat: text('VAT or tax number, with country prefix, without spaces.'),
    tax_position: taxPosition,
    currency: currencyOf('the currency that it is billed in'),
    payment_terms: paymentTerms,
    email: text('General e-mail address, lower case.', { owner: 'crm' }),
    domain: text(
      'Internet domain, lower case, without "www.": from the website, else from the e-mail address.',
      { owner: 'crm' },
    ),
    phone: text('Telephone number as typed.', { owner: 'crm' }),
    street: text('Street and number.'),
    city: text('City.'),
    postal_code: text('Postal code.'),
    country: text('ISO 3166-1 alpha-2 code of the country, upper case.'),
    active: flag('False when archived.'),
    ...billingFields,
  },
});
