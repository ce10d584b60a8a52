/** Countries whose prefix of VAT numbers is not their ISO code. */
const prefixes: Readonly<Record<string, string>> = { CH: 'CHE', GR: 'EL', IM: 'GB', MC: 'FR' };

/** Countries where a number without its prefix may begin with a letter, and what it looks like. */
const lettered: Readonly<Record<string, RegExp>> = {
  AT: /^U\d{8}$/,
  // The two characters in front of the nine digits may be letters, other than I and O.
  FR: /^(?!\d)[A-HJ-NP-Z0-9]{2}\d{9}$/,
  ES: /^[A-Z]\d{7}[A-Z0-9]$/,
  // Departments and health authorities.
  GB: /^(GD|HA)\d{3}$/,
};

/** Letters in front of nine digits that are the prefix of another country rather than a French key. */
const foreign =
  /^(AT|BE|BG|CY|CZ|DE|DK|EE|EL|ES|FI|GB|GR|HR|HU|IE|IT|LT|LU|LV|MT|NL|NO|PL|PT|RO|SE|SI|SK|XI)/;

/** What Swiss firms put behind their number, in four languages. */
const swissSuffix = /^(CHE\d{9})(MWST|TVA|IVA|VAT)$/;

/**
 * A VAT number with the prefix of its country, without separators: `B-12345674` of a firm in `ES` is `ESB12345674`. A
 * number that has a prefix keeps it, also another country's than the firm is in. Empty where there is no digit.
 *
 * @param country ISO 3166-1 alpha-2 code, where known
 */
export function completeVat(value: string, country: string | undefined): string {
  const bare = value.toUpperCase().replace(/[^A-Z0-9]/g, '');
  if (!/\d/.test(bare)) return '';
  const prefix = country === undefined || !/^[A-Z]{2}$/i.test(country) ? '' : prefixOf(bare, country);
  const number = `${prefix}${bare}`.replace(/^GR(?=\d)/, 'EL').replace(swissSuffix, '$1');
  // Belgian numbers have had ten digits since 2005; many still write the nine of before.
  return number.replace(/^BE(\d{9})$/, 'BE0$1');
}

function prefixOf(number: string, country: string): string {
  const code = country.toUpperCase();
  const prefix = prefixes[code] ?? code;
  if (/^\d/.test(number)) return prefix;
  // Swiss numbers are also written with the last letter of their prefix alone.
  if (prefix === 'CHE') return /^E\d{9}/.test(number) ? 'CH' : '';
  const isNational = lettered[prefix]?.test(number) === true && !foreign.test(number);
  return isNational ? prefix : '';
}

/** True when one of two completed numbers is the other with a prefix in front. */
export function differInPrefix(left: string, right: string): boolean {
  const [short, long] = left.length <= right.length ? [left, right] : [right, left];
  return long.endsWith(short) && /^[A-Z]{2,3}$/.test(long.slice(0, long.length - short.length));
}
