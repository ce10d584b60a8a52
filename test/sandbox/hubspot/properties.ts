import { invalid, notFound, Refusal } from './errors.ts';

export type ObjectType = 'companies' | 'deals';
export const objectTypes: readonly ObjectType[] = ['companies', 'deals'];
export const objectTypeIds: Readonly<Record<ObjectType, string>> = { companies: '0-2', deals: '0-3' };

export interface Property {
  readonly name: string;
  readonly label: string;
  readonly type: 'string' | 'number' | 'date' | 'datetime' | 'enumeration' | 'bool';
  readonly fieldType: string;
  readonly groupName: string;
  readonly description: string;
  readonly hasUniqueValue: boolean;
  readonly options: readonly { readonly label: string; readonly value: string }[];
  readonly hubspotDefined: boolean;
  readonly modificationMetadata: { readonly readOnlyValue: boolean };
}

const longestText = 65_536;

/** Which editors HubSpot allows for a type of value. */
const fieldTypes: Readonly<Record<Property['type'], readonly string[]>> = {
  string: ['text', 'textarea', 'html', 'phonenumber', 'file'],
  number: ['number'],
  date: ['date'],
  datetime: ['date'],
  enumeration: ['select', 'radio', 'checkbox', 'booleancheckbox'],
  bool: ['booleancheckbox'],
};

function standard(type: Property['type'], names: readonly string[], readOnlyValue = false): Property[] {
  return names.map((name) => ({
    name,
    label: name,
    type,
    fieldType: fieldTypes[type][0] as string,
    groupName: 'standard',
    description: '',
    hasUniqueValue: false,
    options: [],
    hubspotDefined: true,
    modificationMetadata: { readOnlyValue },
  }));
}

const currencies = ['EUR', 'USD', 'GBP', 'CHF'].map((value) => ({ label: value, value }));

const standardProperties: Readonly<Record<ObjectType, readonly Property[]>> = {
  companies: [
    ...standard('string', [
      'name',
      'domain',
      'website',
      'phone',
      'address',
      'address2',
      'city',
      'zip',
      'state',
    ]),
    ...standard('string', ['country', 'hubspot_owner_id', 'description']),
    ...standard('datetime', ['createdate', 'hs_lastmodifieddate'], true),
    ...standard('number', ['hs_object_id'], true),
  ],
  deals: [
    ...standard('string', ['dealname', 'dealstage', 'pipeline', 'hubspot_owner_id', 'description']),
    ...standard('number', ['amount']),
    ...standard('enumeration', ['deal_currency_code']).map((property) => ({
      ...property,
      options: currencies,
    })),
    ...standard('datetime', ['closedate']),
    ...standard('datetime', ['createdate', 'hs_lastmodifieddate'], true),
    ...standard('bool', ['hs_is_closed', 'hs_is_closed_won'], true),
    ...standard('number', ['hs_object_id', 'hs_deal_stage_probability'], true),
  ],
};

export interface PropertyGroup {
  readonly name: string;
  readonly label: string;
}

/** The properties and property groups of one object type. */
export interface PropertyCatalogue {
  all(): readonly Property[];
  get(name: string): Property | undefined;
  groups(): readonly PropertyGroup[];
  create(body: Record<string, unknown>): Property;
  createGroup(body: Record<string, unknown>): PropertyGroup;
  archive(name: string): void;
}

export function createPropertyCatalogue(type: ObjectType): PropertyCatalogue {
  const properties = new Map(standardProperties[type].map((property) => [property.name, property]));
  const groups = new Map<string, PropertyGroup>([['standard', { name: 'standard', label: 'Standard' }]]);
  return {
    all: () => [...properties.values()],
    get: (name) => properties.get(name),
    groups: () => [...groups.values()],
    create(body) {
      const property = readProperty(body, groups);
      if (properties.has(property.name)) throw alreadyThere('property', property.name);
      properties.set(property.name, property);
      return property;
    },
    createGroup(body) {
      const { name, label } = body;
      if (typeof name !== 'string' || typeof label !== 'string') throw missing('name, label');
      if (groups.has(name)) throw alreadyThere('property group', name);
      const group = { name, label };
      groups.set(name, group);
      return group;
    },
    archive(name) {
      if (!properties.delete(name)) throw notFound(`Property ${name} does not exist`);
    },
  };
}

const alreadyThere = (what: string, name: string): Refusal =>
  new Refusal(409, 'OBJECT_ALREADY_EXISTS', `A ${what} named '${name}' already exists.`);

const missing = (names: string): Refusal => invalid(`Some required fields were not set: [${names}]`);

function readProperty(body: Record<string, unknown>, groups: ReadonlyMap<string, PropertyGroup>): Property {
  const required = ['name', 'label', 'type', 'fieldType', 'groupName'];
  const absent = required.filter((name) => typeof body[name] !== 'string' || body[name] === '');
  if (absent.length > 0) throw missing(absent.join(', '));
  const property = {
    description: '',
    hasUniqueValue: false,
    options: [],
    ...body,
    hubspotDefined: false,
    modificationMetadata: { readOnlyValue: false },
  } as unknown as Property;
  if (!/^[a-z][a-z0-9_]*$/.test(property.name)) throw invalid(`Invalid property name ${property.name}`);
  if (!groups.has(property.groupName)) throw notFound(`property group ${property.groupName} does not exist`);
  if (!fieldTypes[property.type]?.includes(property.fieldType))
    throw invalid(`Invalid combination of type ${property.type} and fieldType ${property.fieldType}`);
  if (property.type === 'enumeration') requireOptions(property);
  if (property.hasUniqueValue && property.type !== 'string' && property.type !== 'number')
    throw invalid(`Properties of type ${property.type} cannot have unique values`);
  return property;
}

function requireOptions({ options, fieldType }: Property): void {
  if (!Array.isArray(options) || options.length === 0)
    throw invalid('At least one option is required for an enumeration property');
  for (const part of ['label', 'value'] as const) {
    const texts = options.map((option) => option[part]);
    if (texts.some((text) => typeof text !== 'string' || text === ''))
      throw invalid(`Some required fields were not set: [options.${part}]`);
    const twice = texts.find((text, index) => texts.indexOf(text) !== index);
    if (twice !== undefined)
      throw invalid(`Property option ${part}s must be unique, "${twice}" is there twice`);
  }
  const values = options.map(({ value }) => value).sort();
  if (fieldType === 'booleancheckbox' && values.join() !== 'false,true')
    throw invalid('A booleancheckbox property must have the two options true and false');
}

/** What is wrong with a value; `undefined` when it is good. The empty text clears a property. */
export function valueProblem(
  property: Property,
  value: string,
): { message: string; error: string } | undefined {
  if (property.modificationMetadata.readOnlyValue)
    return { error: 'READ_ONLY_VALUE', message: `"${property.name}" is a read only property` };
  if (value === '') return undefined;
  if (property.type === 'number' && !Number.isFinite(Number(value)))
    return { error: 'INVALID_NUMBER', message: `${value} was not a valid number.` };
  if (property.type === 'enumeration') {
    const allowed = property.options.map((option) => option.value);
    const chosen = property.fieldType === 'checkbox' ? value.split(';') : [value];
    if (!chosen.every((choice) => allowed.includes(choice)))
      return {
        error: 'INVALID_OPTION',
        message: `${value} was not one of the allowed options: [${allowed.join(', ')}]`,
      };
  }
  if (property.type === 'bool' && value !== 'true' && value !== 'false')
    return { error: 'INVALID_BOOLEAN', message: `${value} was not a valid boolean.` };
  if (value.length > longestText)
    return {
      error: 'PROPERTY_VALUE_TOO_LONG',
      message: `The value is longer than ${longestText} characters.`,
    };
  if (property.type === 'date' && !isDate(value))
    return { error: 'INVALID_DATE', message: `${value} is not a date at midnight UTC.` };
  if (property.type === 'datetime' && Number.isNaN(timeOf(value)))
    return { error: 'INVALID_LONG', message: `${value} was not a valid long.` };
  return undefined;
}

/** How HubSpot keeps a value that was written. */
export function storedValue(property: Property, value: string): string {
  if (value === '') return '';
  if (property.type === 'date') return new Date(timeOf(value)).toISOString().slice(0, 10);
  if (property.type === 'datetime') return new Date(timeOf(value)).toISOString();
  return value;
}

const timeOf = (value: string): number => (/^-?\d+$/.test(value) ? Number(value) : Date.parse(value));

function isDate(value: string): boolean {
  if (/^\d{4}-\d{2}-\d{2}$/.test(value)) return !Number.isNaN(Date.parse(value));
  return /^-?\d+$/.test(value) && Number(value) % 86_400_000 === 0;
}
