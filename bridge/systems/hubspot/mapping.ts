import { Decimal } from 'decimal.js';
import { billingFields } from '../../entities/billing.ts';
import type { EntityName } from '../../entities/catalogue.ts';
import type { FieldKind, State, Value } from '../../entities/field.ts';
import { opportunity as opportunityEntity } from '../../entities/opportunity.ts';
import type { SystemExtension } from '../system.ts';
import type { ObjectType } from './api.ts';
import { countryCode, countryName } from './country.ts';
import { dayIn, noonOf } from './day.ts';
import { customName, dealOnly, vatProperty } from './properties.ts';

/** How a canonical field is kept in a HubSpot property. */
export interface FieldMapping {
  readonly property: string;
  readonly kind: FieldKind | 'country' | 'day of instant' | 'percent of one';
  /** True for what HubSpot works out by itself. */
  readonly readOnly?: true;
  /** Where it is a field of the firm's own. */
  readonly extension?: SystemExtension;
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
  probability: { property: 'hs_deal_stage_probability', kind: 'percent of one', readOnly: true },
  ...Object.fromEntries(
    dealOnly.map((name): [string, FieldMapping] => [
      name,
      { property: customName(name), kind: opportunityEntity.fields[name]?.kind ?? 'text' },
    ]),
  ),
  ...billing,
};

export interface EntityMapping {
  readonly type: ObjectType;
  /** Fields that are a property each. */
  readonly fields: Readonly<Record<string, FieldMapping>>;
  /** All fields that an object can have. */
  readonly readable: readonly string[];
  /** All fields that can be written. */
  readonly writable: readonly string[];
  /** Properties that a read must ask for. */
  readonly properties: readonly string[];
}

const propertiesOf = (fields: Record<string, FieldMapping>): string[] =>
  Object.values(fields).map(({ property }) => property);

const writableOf = (fields: Record<string, FieldMapping>): string[] =>
  Object.keys(fields).filter((name) => fields[name]?.readOnly !== true);

/** The properties that canonical fields are kept in, whatever the firm adds. */
export const standardProperties: Readonly<Record<ObjectType, readonly string[]>> = {
  companies: propertiesOf(companyFields),
  deals: [
    ...propertiesOf(dealFields),
    ...['dealstage', 'pipeline', 'hs_is_closed', 'hs_is_closed_won', 'hubspot_owner_id'],
  ],
};

const types: Readonly<Partial<Record<EntityName, ObjectType>>> = {
  customer: 'companies',
  opportunity: 'deals',
};

/** What an entity is in HubSpot; `undefined` where it is not kept there. */
export const typeOfEntity = (entity: EntityName): ObjectType | undefined => types[entity];

export type Mappings = Readonly<Partial<Record<EntityName, EntityMapping>>>;

/** @param extensions of all entities */
export function mappingsWith(extensions: readonly SystemExtension[]): Mappings {
  const own = (entity: EntityName): Record<string, FieldMapping> =>
    Object.fromEntries(
      extensions
        .filter((extension) => extension.entity === entity)
        .map((extension) => [extension.field, { property: extension.name, kind: extension.kind, extension }]),
    );
  const customer = { ...companyFields, ...own('customer') };
  const opportunity = { ...dealFields, ...own('opportunity') };
  return {
    customer: {
      type: 'companies',
      fields: customer,
      readable: [...Object.keys(customer), 'is_company'],
      writable: writableOf(customer),
      properties: propertiesOf(customer),
    },
    opportunity: {
      type: 'deals',
      fields: opportunity,
      readable: [...Object.keys(opportunity), 'customer', 'status', 'owner_email'],
      writable: [...writableOf(opportunity), 'customer', 'status'],
      properties: [...propertiesOf(opportunity), 'hs_is_closed', 'hs_is_closed_won', 'hubspot_owner_id'],
    },
  };
}

/** @throws TypeError for an entity that is not kept in HubSpot */
export function mappingOf(mappings: Mappings, entity: EntityName): EntityMapping {
  const mapping = mappings[entity];
  if (mapping === undefined) throw new TypeError(`HubSpot has no ${entity}`);
  return mapping;
}

/** The text that HubSpot gets for a value; the empty text clears the property. */
export function toProperty(kind: FieldMapping['kind'], value: Value): string {
  if (value === null) return '';
  if (kind === 'country') return countryName(String(value));
  if (kind === 'day of instant') return noonOf(String(value));
  return String(value);
}

/**
 * The canonical value of a property; `undefined` for a text that has no canonical form, and for a property that HubSpot
 * left out of its answer because it does not know it: what is unknown must not pass for empty.
 */
export function fromProperty(
  kind: FieldMapping['kind'],
  value: string | null | undefined,
  timeZone: string,
): Value | undefined {
  if (value === undefined) return undefined;
  if (value === null || value === '') return null;
  if (kind === 'country') return countryCode(value);
  if (kind === 'day of instant') return dayIn(timeZone, value);
  if (kind === 'percent of one')
    return Number.isFinite(Number(value)) ? new Decimal(value).times(100).toFixed() : undefined;
  if (kind === 'day') return value.slice(0, 10);
  if (kind === 'decimal') return Number.isFinite(Number(value)) ? new Decimal(value).toFixed() : undefined;
  if (kind === 'flag') return value === 'true' || value === 'false' ? value === 'true' : undefined;
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
