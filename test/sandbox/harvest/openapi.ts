import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { JournalEntry } from '../journal.ts';

interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly format?: string;
  readonly nullable?: boolean;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly required?: readonly string[];
  readonly allOf?: readonly Schema[];
}

interface Operation {
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { readonly schema: Schema }>> }>
  >;
}

interface Description {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

const json = 'application/json';

/** Compares requests and answers with an OpenAPI description: unknown paths, parameters and fields, wrong types. */
export function createDescription(file: string) {
  const description = parse(readFileSync(file, 'utf8')) as Description;

  function resolve(schema: Schema): Schema {
    if (schema.$ref === undefined) return schema;
    const name = schema.$ref.split('/').at(-1) ?? '';
    const found = description.components.schemas[name];
    if (found === undefined) throw new Error(`the description has no schema ${name}`);
    return resolve(found);
  }

  /** The operation of the most literal path that matches. */
  function operationOf(entry: JournalEntry): Operation | undefined {
    const parts = entry.path.replace(/^\/v2/, '').split('/');
    const matching = Object.keys(description.paths).filter((path) => {
      const wanted = path.split('/');
      return (
        wanted.length === parts.length && wanted.every((part, i) => part.startsWith('{') || part === parts[i])
      );
    });
    const [path] = matching.sort((left, right) => left.split('{').length - right.split('{').length);
    return path === undefined ? undefined : description.paths[path]?.[entry.method.toLowerCase()];
  }

  function problems(value: unknown, given: Schema, where: string): string[] {
    const schema = resolve(given);
    if (value === null) {
      // Objects inside others are described without saying so, but may be empty as well.
      const described = schema.nullable === true || schema.type === 'object' || schema.type === undefined;
      return described ? [] : [`${where} is null`];
    }
    switch (schema.type) {
      case 'integer':
        return Number.isInteger(value) ? [] : [`${where} is no integer`];
      case 'number':
        return typeof value === 'number' ? [] : [`${where} is no number`];
      case 'boolean':
        return typeof value === 'boolean' ? [] : [`${where} is no boolean`];
      case 'string':
        return stringProblems(value, schema, where);
      case 'array':
        if (!Array.isArray(value)) return [`${where} is no list`];
        return value.flatMap((item, index) => problems(item, schema.items ?? {}, `${where}.${index}`));
      default:
        return objectProblems(value, schema, where);
    }
  }

  function objectProblems(value: unknown, schema: Schema, where: string): string[] {
    if (schema.properties === undefined) return [];
    if (typeof value !== 'object' || value === null) return [`${where} is no object`];
    const known = schema.properties;
    const missing = (schema.required ?? []).filter((name) => !(name in value));
    return [
      ...missing.map((name) => `${where}.${name} is missing`),
      ...Object.entries(value).flatMap(([name, item]) => {
        const property = known[name];
        return property === undefined
          ? [`${where}.${name} is not described`]
          : problems(item, property, `${where}.${name}`);
      }),
    ];
  }

  return {
    /** Everything in which a request and its answer differ from the description. */
    check(entry: JournalEntry): string[] {
      const name = `${entry.method} ${entry.path}`;
      const operation = operationOf(entry);
      if (operation === undefined) return [`${name} is not described`];
      const parameters = (operation.parameters ?? [])
        .filter((known) => known.in === 'query')
        .map((known) => known.name);
      const found = Object.keys(entry.query)
        // Part of the links that Harvest gives; the description forgets them on some lists.
        .filter(
          (parameter) => parameter !== 'ref' && parameter !== 'cursor' && !parameters.includes(parameter),
        )
        .map((parameter) => `${name} has no parameter ${parameter}`);
      const body = operation.requestBody?.content[json]?.schema;
      if (entry.request !== undefined)
        found.push(
          ...(body === undefined ? [`${name} has no body`] : problems(entry.request, body, `${name} sends`)),
        );
      const answer = operation.responses[String(entry.status)] ?? operation.responses.default;
      const schema = answer?.content?.[json]?.schema;
      if (entry.response !== undefined && schema !== undefined)
        found.push(...problems(entry.response, schema, `${name} answers`));
      return found;
    },
  };
}

function stringProblems(value: unknown, schema: Schema, where: string): string[] {
  if (typeof value !== 'string') return [`${where} is no text`];
  if (schema.format === 'date' && !/^\d{4}-\d{2}-\d{2}$/.test(value)) return [`${where} is no day`];
  if (schema.format === 'date-time' && Number.isNaN(Date.parse(value))) return [`${where} is no instant`];
  return [];
}
