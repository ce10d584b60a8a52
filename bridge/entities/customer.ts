import { billingFields } from './billing.ts';
import { defineEntity } from './entity.ts';
import { flag, reference, text } from './field.ts';

export const customer = defineEntity('customer', 1, 'A firm or person that buys services.', {
  name: text('Legal or trading name.'),
  is_company: flag('True for a firm, false for a person.'),
  parent: reference('customer', 'The firm this one belongs to.'),
  vat: text('VAT or tax number, with country prefix, without spaces.'),
  email: text('General e-mail address, lower case.'),
  domain: text(
    'Internet domain, lower case, without "www.": from the website, else from the e-mail address.',
  ),
  phone: text('Telephone number as typed.'),
  street: text('Street and number.'),
  city: text('City.'),
  postal_code: text('Postal code.'),
  country: text('ISO 3166-1 alpha-2 code, upper case.'),
  active: flag('False when archived.'),
  ...billingFields,
});
