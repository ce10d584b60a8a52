import type { OdooClient } from './client.ts';
import { textOf } from './value.ts';

const known = new WeakMap<OdooClient, ReadonlyMap<string, number>>();

/** Id of each country by its ISO 3166-1 alpha-2 code. Read once: Odoo's list of countries does not change. */
export async function countriesByCode(
  client: OdooClient,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, number>> {
  let countries = known.get(client);
  if (countries === undefined) {
    const rows = await client.searchRead('res.country', [], ['code'], {
      signal,
      action: 'read the countries',
    });
    countries = new Map(rows.map((row) => [textOf(row.code) ?? '', row.id]));
    known.set(client, countries);
  }
  return countries;
}
