import { billingFields } from '../../entities/billing.ts';
import type { Field } from '../../entities/field.ts';
import { opportunity } from '../../entities/opportunity.ts';
import { fieldOf } from '../extension.ts';
import type { SystemExtension } from '../system.ts';
import type { ObjectType } from './api.ts';

export const group = { name: 'services_bridge', label: 'Services bridge' };

/** Unique on every object that the bridge writes: finds it again, whatever happened to the answer. */
export const referenceProperty = 'services_bridge_reference';

export const vatProperty = 'services_bridge_vat';

export const customName = (field: string): string => `services_bridge_${field}`;

export interface PropertyDefinition {
  readonly name: string;
  readonly label: string;
  readonly type: string;
  readonly fieldType: string;
  readonly groupName: string;
  readonly description: string;
  readonly hasUniqueValue: boolean;
  readonly options?: readonly {
    readonly label: string;
    readonly value: string;
    readonly displayOrder: number;
  }[];
}

/** A property as HubSpot tells of it. */
export interface PresentProperty extends PropertyDefinition {
  readonly modificationMetadata?: { readonly readOnlyValue?: boolean };
}

const reference: PropertyDefinition = {
  name: referenceProperty,
  label: 'Bridge reference',
  type: 'string',
  fieldType: 'text',
  groupName: group.name,
  description: 'Set by the bridge; do not change it.',
  hasUniqueValue: true,
};

const vat: PropertyDefinition = {
  name: vatProperty,
  label: 'VAT number',
  type: 'string',
  fieldType: 'text',
  groupName: group.name,
  description: 'VAT or tax number, with country prefix, without spaces.',
  hasUniqueValue: false,
};

/** Fields of an opportunity for which HubSpot's deals have no property; the first two are for salespeople to fill in. */
export const dealOnly = ['service_line', 'billing_method', 'project'] as const;

const deal = dealOnly.map((name) => definitionOf(name, opportunity.fields[name] as Field));

const billing = Object.entries(billingFields).map(([name, field]) => definitionOf(name, field));

/** The properties that the bridge adds to an account. */
export const customProperties: Readonly<Record<ObjectType, readonly PropertyDefinition[]>> = {
  companies: [reference, vat, ...billing],
  deals: [reference, ...deal, ...billing],
};

/** The property for a field of the firm's own, as it is created where it is missing. */
export const ownDefinition = (extension: SystemExtension): PropertyDefinition => ({
  ...definitionOf(extension.field.replace(/^x_/, ''), fieldOf(extension)),
  name: extension.name,
});

function definitionOf(name: string, field: Field): PropertyDefinition {
  return {
    name: customName(name),
    label: labelOf(name),
    groupName: group.name,
    description: field.meaning,
    hasUniqueValue: false,
    ...typeOf(field),
  };
}

function typeOf(field: Field): Pick<PropertyDefinition, 'type' | 'fieldType' | 'options'> {
  switch (field.kind) {
    case 'decimal':
      return { type: 'number', fieldType: 'number' };
    case 'day':
      return { type: 'date', fieldType: 'date' };
    case 'code':
      return {
        type: 'enumeration',
        fieldType: 'select',
        options: optionsOf(field.values ?? []),
      };
    case 'flag':
      return {
        type: 'enumeration',
        fieldType: 'booleancheckbox',
        options: [
          { label: 'Yes', value: 'true', displayOrder: 0 },
          { label: 'No', value: 'false', displayOrder: 1 },
        ],
      };
    default:
      return { type: 'string', fieldType: 'text' };
  }
}

/** HubSpot wants the labels of a property to differ; values that differ by a sign only are their own labels. */
function optionsOf(values: readonly string[]): NonNullable<PropertyDefinition['options']> {
  const distinct = new Set(values.map((value) => labelOf(value).toLowerCase())).size === values.length;
  return values.map((value, displayOrder) => ({
    label: distinct ? labelOf(value) : value,
    value,
    displayOrder,
  }));
}

/** `billing_invoice_due_on` → `Billing invoice due on`. */
function labelOf(name: string): string {
  const words = name.replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
