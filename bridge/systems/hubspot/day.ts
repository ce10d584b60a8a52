/** The instant that HubSpot gets for a day: noon UTC, which is that day in nearly every time zone. */
export const noonOf = (day: string): string => `${day}T12:00:00.000Z`;

/** The day of an instant (ISO text or milliseconds) in a time zone: `2026-01-31`. */
export function dayIn(timeZone: string, instant: string): string {
  const time = /^-?\d+$/.test(instant) ? Number(instant) : instant;
  // Swedish dates are written year-month-day.
  return new Date(time).toLocaleDateString('sv-SE', { timeZone });
}
