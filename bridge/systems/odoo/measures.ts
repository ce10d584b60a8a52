import { Decimal } from 'decimal.js';
import type { OdooClient } from './client.ts';
import { decimalOf, idOf, type Row } from './value.ts';

/** What numbers in Odoo are counted in. Firms set it up once and hardly ever change it. */
export interface Measures {
  /** Hours in one unit of measure; `null` for one that measures no time. */
  hoursOf(unitId: number | null): Decimal | null;
  /** An amount with the places that its currency has, half away from zero, as Odoo rounds. */
  rounded(amount: Decimal, currencyId: number | null): Decimal;
}

const lifetimeMilliseconds = 600_000;
const usualPlaces = 2;

interface Known {
  readonly until: number;
  readonly measures: Promise<Measures>;
}

const knownByClient = new WeakMap<OdooClient, Known>();

/** Asked for once in ten minutes: three calls, then none. */
export async function measuresOf(client: OdooClient, signal: AbortSignal): Promise<Measures> {
  const known = knownByClient.get(client);
  if (known !== undefined && performance.now() < known.until) {
    try {
      return await known.measures;
    } catch {
      // That was another one's call, which may have been aborted.
    }
  }
  const measures = readMeasures(client, signal);
  knownByClient.set(client, { until: performance.now() + lifetimeMilliseconds, measures });
  try {
    return await measures;
  } catch (error) {
    if (knownByClient.get(client)?.measures === measures) knownByClient.delete(client);
    throw error;
  }
}

async function readMeasures(client: OdooClient, signal: AbortSignal): Promise<Measures> {
  const [units, companies, currencies] = await Promise.all([
    client.searchRead('uom.uom', [], ['factor', 'parent_path'], {
      signal,
      action: 'read the units of measure',
    }),
    client.searchRead('res.company', [], ['project_time_mode_id'], {
      signal,
      action: 'read the unit of timesheets',
    }),
    client.searchRead('res.currency', [], ['decimal_places'], { signal, action: 'read the currencies' }),
  ]);
  return createMeasures(units, idOf(companies[0]?.project_time_mode_id), currencies);
}

/**
 * @param units rows of `uom.uom`: `factor`, in units of the root of its tree, and `parent_path`, the ids from that root
 * @param hour id of the unit that timesheets are kept in
 * @param currencies rows of `res.currency`: `decimal_places`
 */
export function createMeasures(
  units: readonly Row[],
  hour: number | null,
  currencies: readonly Row[],
): Measures {
  const unitById = new Map(units.map((unit) => [unit.id, unit]));
  const hourUnit = hour === null ? undefined : unitById.get(hour);
  const placesById = new Map(currencies.map((row) => [row.id, Number(row.decimal_places)]));
  return {
    hoursOf(unitId) {
      const unit = unitId === null ? undefined : unitById.get(unitId);
      if (unit === undefined || hourUnit === undefined || rootOf(unit) !== rootOf(hourUnit)) return null;
      // Odoo keeps a minute as 0.0166667 hours.
      return decimalOf(unit.factor).dividedBy(decimalOf(hourUnit.factor)).toDecimalPlaces(6);
    },
    rounded: (amount, currencyId) =>
      amount.toDecimalPlaces(placesById.get(currencyId ?? 0) ?? usualPlaces, Decimal.ROUND_HALF_UP),
  };
}

const rootOf = (unit: Row): string => String(unit.parent_path).split('/')[0] || String(unit.id);
