import { describe, expect, test } from 'vitest';
import { allotInvoices } from '../../../bridge/systems/odoo/milestone-invoice.ts';

const orderLine = { id: 5, product_uom_qty: 2 };
const milestone = (id: number, part: number, line = 5) => ({
  id,
  sale_line_id: [line, 'Line'],
  quantity_percentage: part,
});
let made = 0;
function billed(invoice: number, quantity: number, type = 'out_invoice', line = 5) {
  made += 1;
  return { id: made, sale_line_ids: [line], move_id: [invoice, 'INV'], move_type: type, quantity };
}

describe('which invoice a milestone is on', () => {
  test.each([
    ['none is posted', [], {}],
    ['each has its own', [billed(1, 0.8), billed(2, 1.2)], { 11: '1', 12: '2' }],
    ['one has both', [billed(1, 2)], { 11: '1', 12: '1' }],
    ['the second is not billed yet', [billed(1, 0.8)], { 11: '1' }],
    ['it is spread over two', [billed(1, 1), billed(2, 1)], { 11: '1', 12: '2' }],
    [
      'the latest was taken back',
      [billed(1, 0.8), billed(2, 1.2), billed(3, 1.2, 'out_refund')],
      { 11: '1' },
    ],
    [
      'all was taken back, and billed again',
      [billed(1, 2), billed(2, 2, 'out_refund'), billed(3, 2)],
      { 11: '3', 12: '3' },
    ],
    ['more was taken back than billed', [billed(1, 0.5), billed(2, 2, 'out_refund')], {}],
    ['another line was billed', [billed(1, 2, 'out_invoice', 6)], {}],
  ])('%s', (_case, rows, expected) => {
    const found = allotInvoices([milestone(11, 0.4), milestone(12, 0.6)], rows, [orderLine]);
    expect(Object.fromEntries(found)).toEqual(expected);
  });

  test.each([
    ['the one that stands last was billed first', [0.6, 0.4], [0.8], { 2: '1' }],
    ['then the other', [0.6, 0.4], [0.8, 1.2], { 1: '2', 2: '1' }],
    ['the first two together, though the last is as large', [0.2, 0.3, 0.5], [1], { 1: '1', 2: '1' }],
    ['then the last', [0.2, 0.3, 0.5], [1, 1], { 1: '1', 2: '1', 3: '2' }],
  ])('of those reached on one day: %s', (_case, parts, quantities, expected) => {
    const reached = parts.map((part, index) => milestone(index + 1, part));
    const rows = quantities.map((quantity, index) => billed(index + 1, quantity));
    expect(Object.fromEntries(allotInvoices(reached, rows, [orderLine]))).toEqual(expected);
  });

  test('thirds are not lost to rounding', () => {
    const thirds = [1, 2, 3].map((id) => milestone(id, 1 / 3));
    const rows = [billed(1, 0.67), billed(2, 0.67), billed(3, 0.67)];
    expect(Object.fromEntries(allotInvoices(thirds, rows, [orderLine]))).toEqual({ 1: '1', 2: '2', 3: '3' });
  });
});
