const names = new Intl.DisplayNames(['en'], { type: 'region', fallback: 'none' });

/** The code in force: DD, which is no more, becomes DE; UK becomes GB. */
const currentCode = (code: string): string | undefined => new Intl.Locale(`und-${code}`).region;

const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];

/** Asking `Intl` each time takes a hundredth of a whole delivery. */
const nameOf = new Map<string, string>();
const codes = new Map<string, string>();
for (const first of letters)
  for (const second of letters) {
    const code = first + second;
    const name = names.of(code);
    if (name === undefined) continue;
    nameOf.set(code, name);
    if (currentCode(code) === code) codes.set(name.toLowerCase(), code);
  }
codes.set('usa', 'US');

/** The English name of a country, as HubSpot shows it; the code itself where there is none. */
export const countryName = (code: string): string => nameOf.get(code) ?? code;

/** ISO 3166-1 alpha-2 code of what stands in HubSpot's country field; `undefined` for what is no known country. */
export function countryCode(text: string): string | undefined {
  const upper = text.trim().toUpperCase();
  if (nameOf.has(upper)) return currentCode(upper);
  return codes.get(text.trim().toLowerCase());
}
