import type { Finding, SystemExtension } from '../system.ts';
import type { ObjectType } from './api.ts';
import { standardProperties, typeOfEntity } from './mapping.ts';
import { customProperties, ownDefinition, type PresentProperty } from './properties.ts';

/** The firm's own fields that are kept in properties of this type. */
export const ownOf = (type: ObjectType, extensions: readonly SystemExtension[]): readonly SystemExtension[] =>
  extensions.filter(({ entity }) => typeOfEntity(entity) === type);

/** What is wrong with the property of a field of the firm's own, as it is in HubSpot; one that is not there can be made. */
export function ownPropertyFindings(
  type: ObjectType,
  extension: SystemExtension,
  present: PresentProperty | undefined,
): Finding[] {
  const { name, field, entity, written } = extension;
  const title = `The property ${name} of HubSpot's ${type} (${field} of ${entity})`;
  const bridge = customProperties[type].some((property) => property.name === name);
  if (bridge || (written && standardProperties[type].includes(name))) {
    return [
      {
        level: 'error',
        message: `${title} is one that the bridge keeps another field in.`,
        remedy: `Leave ${field} out and use the field that ${entity} has anyway.`,
      },
    ];
  }
  if (present === undefined) return [];
  const wanted = ownDefinition(extension);
  if (!fits(extension, present)) {
    return [
      {
        level: 'error',
        message: `${title} is of type ${present.type} (${present.fieldType}), which is no ${extension.kind}.`,
        remedy: `Name another property in the rules, one of type ${wanted.type} (${wanted.fieldType}) or one that is not there yet: the bridge then creates it.`,
      },
    ];
  }
  if (written && present.modificationMetadata?.readOnlyValue) {
    return [
      {
        level: 'error',
        message: `${title} is computed by HubSpot and cannot be written.`,
        remedy: 'Let the rules only read it, or name another property.',
      },
    ];
  }
  return extension.kind === 'code' ? optionFindings(extension, present, title) : [];
}

/** HubSpot keeps a checkbox as a yes-or-no value or as an enumeration of the two; several choices are no one code. */
function fits(extension: SystemExtension, { type, fieldType, options = [] }: PresentProperty): boolean {
  switch (extension.kind) {
    case 'flag': {
      const values = options.map(({ value }) => value).sort();
      return type === 'bool' || (type === 'enumeration' && values.join() === 'false,true');
    }
    case 'code':
      return type === 'enumeration' && fieldType !== 'checkbox';
    default:
      return type === ownDefinition(extension).type;
  }
}

function optionFindings(
  { values = [], written }: SystemExtension,
  { options = [] }: PresentProperty,
  title: string,
): Finding[] {
  const present = options.map(({ value }) => value);
  const lacking = values.filter((value) => !present.includes(value));
  if (written && lacking.length > 0) {
    return [
      {
        level: 'error',
        message: `${title} lacks the options ${lacking.join(', ')}.`,
        remedy: 'Add them in HubSpot (Settings, Properties), with these internal names.',
      },
    ];
  }
  const unknown = present.filter((value) => !values.includes(value));
  // What people choose in a property that the rules write is written over anyway.
  if (written || unknown.length === 0) return [];
  return [
    {
      level: 'warning',
      message: `${title} also has the options ${unknown.join(', ')}, which the rules do not know.`,
      remedy: 'Add them to the values in the rules: what has such a value cannot be delivered.',
    },
  ];
}
