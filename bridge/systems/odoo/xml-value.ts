/** Everything that XML 1.0 has no way to write. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to be found
const unwritable = /[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g;

/**
 * A copy of a value that odoo-await can carry:
 * - it writes a missing member as an empty text, so those are left out;
 * - it writes characters that XML does not know, which Odoo then cannot read, so those are left out too;
 * - it throws on `]]>`, so a space goes between;
 * - it writes a `Date` in the machine's local time, so that is an error: pass UTC texts.
 */
export function xmlValue(value: unknown): unknown {
  if (typeof value === 'string') return value.replace(unwritable, '').replaceAll(']]>', ']] >');
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Date) throw new TypeError('a Date cannot be sent to Odoo; send a UTC text');
  if (Array.isArray(value)) return value.map(xmlValue);
  const copy: Record<string, unknown> = {};
  for (const [name, member] of Object.entries(value)) if (member !== undefined) copy[name] = xmlValue(member);
  return copy;
}
