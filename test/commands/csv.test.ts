import { expect, test } from 'vitest';
import { csvText } from '../../bridge/commands/csv.ts';

test('numbers stay numbers, and what a spreadsheet would take for a formula becomes text', () => {
  expect(csvText([['-7.5', '=1+1', '+41 44', '@sum', '-x', null]])).toBe("-7.5,'=1+1,'+41 44,'@sum,'-x,\r\n");
});

test('commas, quotes and line breaks are quoted', () => {
  expect(csvText([['a,b', 'say "no"', 'two\nlines']])).toBe('"a,b","say ""no""","two\nlines"\r\n');
});
