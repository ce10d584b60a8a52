import * as v from 'valibot';
import { SystemError } from '../error.ts';
import type { Finding, SystemExtension } from '../system.ts';
import type { OdooClient } from './client.ts';
import { entityInOdoo } from './entities.ts';
import type { Description } from './facade.ts';

const fieldsSchema = v.record(
  v.string(),
  v.object({ type: v.string(), selection: v.optional(v.array(v.looseTuple([v.string()]))) }),
);

/** A field as Odoo's `fields_get` describes it. */
type OdooField = v.InferOutput<typeof fieldsSchema>[string];

const typesByKind: Readonly<Record<SystemExtension['kind'], readonly string[]>> = {
  text: ['char', 'text'],
  code: ['selection'],
  flag: ['boolean'],
  decimal: ['float', 'monetary', 'integer'],
  day: ['date'],
};

const modelOf = ({ entity }: SystemExtension): string => entityInOdoo(entity).model;
const titleOf = (extension: SystemExtension): string =>
  `the field ${extension.name} of Odoo's ${modelOf(extension)} (${extension.field} of ${extension.entity})`;

/**
 * The firm's own fields that are not in Odoo, or not of the kind that the rules say; with the addon's description also
 * those that it does not watch, or does not let the bridge write, though the rules need it. One call per model.
 *
 * @throws SystemError when Odoo cannot be asked
 */
export async function checkOwnFields(
  client: OdooClient,
  extensions: readonly SystemExtension[],
  addon: Description | undefined,
  signal: AbortSignal,
): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const [model, own] of Map.groupBy(extensions, modelOf)) {
    const present = await readFields(
      client,
      model,
      own.map(({ name }) => name),
      signal,
    );
    for (const extension of own) {
      const definition = definitionFindings(extension, present[extension.name]);
      findings.push(...definition);
      const usable = definition.every(({ level }) => level !== 'error');
      if (usable && addon !== undefined) findings.push(...settingFindings(extension, addon));
    }
  }
  return findings;
}

async function readFields(
  client: OdooClient,
  model: string,
  names: readonly string[],
  signal: AbortSignal,
): Promise<Readonly<Record<string, OdooField>>> {
  const action = `read the fields of ${model}`;
  const args = { allfields: [...new Set(names)], attributes: ['type', 'selection'] };
  const answer = await client.call(model, 'fields_get', args, { action, repeatable: true, signal });
  const result = v.safeParse(fieldsSchema, answer);
  if (result.success) return result.output;
  throw new SystemError('invalid', `Odoo answered something that describes no fields of ${model}`, {
    system: client.system,
    action,
  });
}

function definitionFindings(extension: SystemExtension, field: OdooField | undefined): Finding[] {
  const level = 'error';
  const title = titleOf(extension);
  if (field === undefined) {
    return [
      {
        level,
        message: `${title} is not there, or the bridge's user may not see it`,
        remedy: `Add it in Odoo to ${modelOf(extension)}, or write its technical name in the rules as Odoo shows it under Settings, Technical, Fields.`,
      },
    ];
  }
  if (extension.written && entityInOdoo(extension.entity).fields.includes(extension.name)) {
    return [
      {
        level,
        message: `${title} is one that ${extension.entity} has anyway, under another name`,
        remedy: `Leave ${extension.field} out and let the rules write the field of ${extension.entity} instead.`,
      },
    ];
  }
  if (field.type === 'many2one' && extension.kind === 'text') return linkFindings(extension);
  const types = typesByKind[extension.kind];
  if (!types.includes(field.type)) {
    const fitting = Object.entries(typesByKind).find(([, others]) => others.includes(field.type))?.[0];
    const other = fitting === undefined ? '' : `, or declare it in the rules as ${fitting}`;
    return [
      {
        level,
        message: `${title} is of type ${field.type}, which is no ${extension.kind}`,
        remedy: `Use a field of type ${types.join(' or ')}${other}.`,
      },
    ];
  }
  return field.selection === undefined
    ? []
    : choiceFindings(
        extension,
        field.selection.map(([value]) => value),
      );
}

/** The name of a linked record can be read; which record a name means cannot be known. */
function linkFindings(extension: SystemExtension): Finding[] {
  if (!extension.written) return [];
  return [
    {
      level: 'error',
      message: `${titleOf(extension)} is a link to another record: its name can be read, but not written`,
      remedy: 'Let the rules only read it, or use a field of type selection or char.',
    },
  ];
}

function choiceFindings(extension: SystemExtension, present: readonly string[]): Finding[] {
  const { values = [], written } = extension;
  const title = titleOf(extension);
  const lacking = values.filter((value) => !present.includes(value));
  if (lacking.length > 0 && written) {
    return [
      {
        level: 'error',
        message: `${title} lacks the values ${lacking.join(', ')}`,
        remedy: `Add them to the field in Odoo, or correct the values in the rules; Odoo has ${present.join(', ')}.`,
      },
    ];
  }
  const unknown = present.filter((value) => !values.includes(value));
  // What people put into a field that the rules write is written over anyway.
  if (unknown.length === 0 || written) return [];
  return [
    {
      level: 'warning',
      message: `${title} also has the values ${unknown.join(', ')}, which the rules do not know`,
      remedy: 'Add them to the values in the rules: what has such a value cannot be delivered.',
    },
  ];
}

function settingFindings(extension: SystemExtension, addon: Description): Finding[] {
  const model = modelOf(extension);
  const { name, written } = extension;
  const findings: Finding[] = [];
  if (!addon.watched[model]?.includes(name)) {
    findings.push({
      level: written ? 'warning' : 'error',
      message: `${titleOf(extension)} is not watched: the bridge does not hear when somebody changes it`,
      remedy: `Add it in Odoo to ${model} under Services Bridge, Configuration, Watched Models.`,
    });
  }
  if (written && addon.writable !== undefined && !addon.writable[model]?.includes(name)) {
    findings.push({
      level: 'error',
      message: `${titleOf(extension)} may not be written by the bridge`,
      remedy: `Add it in Odoo to ${model} under Services Bridge, Configuration, Writable Models, and make that entry active.`,
    });
  }
  return findings;
}
