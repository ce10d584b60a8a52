/**
 * Rows as comma separated values (RFC 4180), for people who open them in a spreadsheet: a text that would be taken for a
 * formula there gets an apostrophe in front, numbers stay numbers.
 */
export const csvText = (rows: readonly (readonly (string | null)[])[]): string =>
  rows.map((row) => `${row.map((value) => cell(value ?? '')).join(',')}\r\n`).join('');

const number = /^-?\d+(\.\d+)?$/;

function cell(value: string): string {
  const harmless = /^[=+\-@\t\r]/.test(value) && !number.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
