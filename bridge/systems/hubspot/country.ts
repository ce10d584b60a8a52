const names = new Intl.DisplayNames(['en'], { type: 'region', fallback: 'none' });

/** Codes of countries that are no more, such as DD, have the name of their successor. */
const isCurrent = (code: string): boolean => new Intl.Locale(`und-${code}`).region === code;

const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];

const codes = new Map<string, string>();
for (const first of letters)
  for (const second of letters) {
    const code = first + second;
    const name = names.of(code)?.toLowerCase();
    if (name !== undefined && isCurrent(code)) codes.set(name, code);
  }
codes.set('usa', 'US');
codes.set('uk', 'GB');

/** The English name of a country, as HubSpot shows it; the code itself where there is none. */
export const countryName = (code: string): string => names.of(code) ?? code;

/** ISO 3166-1 alpha-2 code of what stands in HubSpot's country field; `undefined` for what is no known country. */
export function countryCode(text: string): string | undefined {
  const upper = text.trim().toUpperCase();
  if (/^[A-Z]{2}$/.test(upper) && names.of(upper) !== undefined) return upper;
  return codes.get(text.trim().toLowerCase());
}
