import { describe, expect, test } from 'vitest';
import { domainOf, normalizeVat } from '../../../bridge/systems/odoo/identity.ts';
import {
  dayOf,
  decimalOf,
  emailOf,
  idOf,
  integerOf,
  likeText,
  moneyText,
  nameOf,
  quantityText,
  readRows,
  textOf,
} from '../../../bridge/systems/odoo/value.ts';

describe('values of Odoo', () => {
  test('what is empty is false there, and null here', () => {
    for (const read of [textOf, idOf, nameOf, dayOf, emailOf]) expect(read(false)).toBeNull();
    expect(textOf('')).toBeNull();
  });

  test('a many2one is an id with a name', () => {
    expect(idOf([5, 'Five'])).toBe(5);
    expect(nameOf([5, 'Five'])).toBe('Five');
    expect(idOf(5)).toBe(5);
  });

  test('a day is the day of a date and of an instant', () => {
    expect(dayOf('2026-01-31')).toBe('2026-01-31');
    expect(dayOf('2026-01-31 23:59:59')).toBe('2026-01-31');
  });

  test.each([
    ['Office <Office@Acme.example>', 'office@acme.example'],
    ['a@b.example, c@d.example', 'a@b.example'],
    [' a@b.example ', 'a@b.example'],
    ['nobody', null],
  ])('finds the address in %s', (text, email) => {
    expect(emailOf(text)).toBe(email);
  });

  test.each([
    [1250.5, '1250.50', '1250.5'],
    [0.1 + 0.2, '0.30', '0.3'],
    [7, '7.00', '7'],
    [1e21, '1000000000000000000000.00', '1000000000000000000000'],
    [-12.345, '-12.345', '-12.345'],
    [0.000001, '0.000001', '0.000001'],
    [-0, '0.00', '0'],
    [false, '0.00', '0'],
  ])('%s is exact as money and as quantity', (value, money, quantity) => {
    expect(moneyText(decimalOf(value))).toBe(money);
    expect(quantityText(decimalOf(value))).toBe(quantity);
  });

  test.each([
    ['42', 42],
    ['0', undefined],
    ['-1', undefined],
    ['4.2', undefined],
    ['1e3', undefined],
    ['', undefined],
    ['099', undefined],
    ['99999999999', undefined],
  ])('%s as an id', (text, id) => {
    expect(integerOf(text)).toBe(id);
  });

  test('a text finds itself only', () => {
    expect(likeText('50%_off\\')).toBe('50\\%\\_off\\\\');
  });

  test('an answer that has no records is refused', () => {
    for (const answer of [[{ name: 'x' }], { id: 1 }, false]) expect(readRows(answer)).toBeUndefined();
    expect(readRows([{ id: 1, name: 'x' }])).toEqual([{ id: 1, name: 'x' }]);
  });
});

describe('what a customer is known by', () => {
  test.each([
    ['BE 0477.472.701', 'BE0477472701'],
    ['de-123 456 789', 'DE123456789'],
    ['/', null],
    [null, null],
  ])('the VAT number %s', (typed, normal) => {
    expect(normalizeVat(typed)).toBe(normal);
  });

  test.each([
    ['https://www.Acme.example/contact?x=1', 'info@other.example', 'acme.example'],
    ['acme.example', null, 'acme.example'],
    ['http://shop.acme.example:8080', null, 'shop.acme.example'],
    [null, 'info@Acme.example', 'acme.example'],
    ['not a website', 'info@acme.example', 'acme.example'],
    ['localhost', null, null],
    [null, 'jane@gmail.com', null],
    [null, 'jane@GMX.de', null],
    [null, 'jan@hotmail.be', null],
    ['https://www.facebook.com/acme', null, null],
    ['https://www.linkedin.com/company/acme', 'info@acme.example', 'acme.example'],
    [null, null, null],
  ])('the domain of %s and %s', (website, email, domain) => {
    expect(domainOf(website, email)).toBe(domain);
  });
});
