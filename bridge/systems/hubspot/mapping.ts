import { Decimal } from 'decimal.js';
import { billingFields } from '../../entities/billing.ts';
import type { EntityName } from '../../entities/catalogue.ts';
import type { FieldKind, State, Value } from '../../entities/field.ts';
import type { ObjectType } from './api.ts';
import { countryCode, countryName } from './country.ts';
import { dayIn, noonOf } from './day.ts';
import { customName, vatProperty } from './properties.ts';

/** How a canonical field is kept in a HubSpot property. */
export interface FieldMapping {
  readonly property: string;
  readonly kind: FieldKind | 'country' | 'day of instant';
}

const text = (property: string): FieldMapping => ({ property, kind: 'text' });

const billing: Record<string, FieldMapping> = Object.fromEntries(
  Object.entries(billingFields).map(([name, field]) => [
    name,
    { property: customName(name), kind: field.kind },
  ]),
);

const companyFields: Record<string, FieldMapping> = {
  name: text('name'),
  vat: text(vatProperty),
  domain: text('domain'),
  phone: text('phone'),
  street: text('address'),
  city: text('city'),
  postal_code: text('zip'),
  country: { property: 'country', kind: 'country' },
  ...billing,
};

const dealFields: Record<string, FieldMapping> = {
  name: text('dealname'),
  amount: { property: 'amount', kind: 'decimal' },
  currency: text('deal_currency_code'),
  close_on: { property: 'closedate', kind: 'day of instant' },
  ...billing,
};

export interface EntityMapping {
  readonly type: ObjectType;
  /** Fields that are a property each. */
  readonly fields: Readonly<Record<string, FieldMapping>>;
  /** All fields that can be written. */
  readonly writable: readonly string[];
  /** Properties that a read must ask for. */
  readonly properties: readonly string[];
}

const propertiesOf = (fields: Record<string, FieldMapping>): string[] =>
  Object.values(fields).map(({ property }) => property);

export const mappings: Readonly<Partial<Record<EntityName, EntityMapping>>> = {
  customer: {
    type: 'companies',
    fields: companyFields,
    writable: Object.keys(companyFields),
    properties: propertiesOf(companyFields),
  },
  opportunity: {
    type: 'deals',
    fields: dealFields,
    writable: [...Object.keys(dealFields), 'customer', 'status'],
    properties: [...propertiesOf(dealFields), 'hs_is_closed', 'hs_is_closed_won', 'hubspot_owner_id'],
  },
};

/** The text that HubSpot gets for a value; the empty text clears the property. */
export function toProperty(kind: FieldMapping['kind'], value: Value): string {
  if (value === null) return '';
  if (kind === 'country') return countryName(String(value));
  if (kind === 'day of instant') return noonOf(String(value));
  return String(value);
}

/** The canonical value of a property; `undefined` for a text that has no canonical form. */
export function fromProperty(
  kind: FieldMapping['kind'],
  value: string | null | undefined,
  timeZone: string,
): Value | undefined {
  if (value === null || value === undefined || value === '') return null;
  if (kind === 'country') return countryCode(value);
  if (kind === 'day of instant') return dayIn(timeZone, value);
  if (kind === 'day') return value.slice(0, 10);
  if (kind === 'decimal') return new Decimal(value).toFixed();
  return value;
}

/** The fields that are a property each. */
export function stateOf(
  mapping: EntityMapping,
  properties: Readonly<Record<string, string | null>>,
  timeZone: string,
): State {
  const state: Record<string, Value> = {};
  for (const [name, { property, kind }] of Object.entries(mapping.fields)) {
    const value = fromProperty(kind, properties[property], timeZone);
    if (value !== undefined) state[name] = value;
  }
  return state;
}

/** Where a deal stands, from the properties that HubSpot computes from its stage. */
export function statusOf(properties: Readonly<Record<string, string | null>>): 'open' | 'won' | 'lost' {
  if (properties.hs_is_closed_won === 'true') return 'won';
  return properties.hs_is_closed === 'true' ? 'lost' : 'open';
}
