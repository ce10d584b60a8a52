import { catalogue } from '../../bridge/entities/catalogue.ts';
import type { Entity, EntityField } from '../../bridge/entities/entity.ts';
import { extensionPrefix } from '../../bridge/entities/extension.ts';
import type { FieldKind } from '../../bridge/entities/field.ts';
import { unitOf } from '../../bridge/entities/json-schema.ts';

const entities: readonly Entity[] = Object.values(catalogue);

const kinds: Readonly<Record<FieldKind, string>> = {
  text: 'a string of at most 65,536 characters',
  code: 'one of the strings that are listed',
  flag: '`true` or `false`',
  decimal: 'a decimal number as a string, `"1250.50"`, never a float; two of them are compared by value',
  day: 'a plain date as a string, `"2026-01-31"`',
  reference: 'the id of another object in the same system, as a string',
  references: 'a list of such ids; its order has no meaning',
};

const introduction = `# Entities

<!-- Made by "npm run docs" from bridge/entities/. Change it there. -->

What business objects are in the bridge's own words, which belong to no product. Connectors translate between these and
their system; rules, records, changes and the log speak of nothing else.

A **state** says what is known of one object in one system: field by field a value, \`null\` for what is explicitly empty.
A field that is absent is not known there, and is never written.

| kind | a value is |
|---|---|
${Object.entries(kinds)
  .map(([kind, meaning]) => `| ${kind} | ${meaning} |`)
  .join('\n')}

**Owner** is the role whose system usually has the last word on a field. It is a hint: what counts is what the rules say.
*Accounting* marks the outcomes of the books: posted invoices, payments, tax, and what is computed from them. They come
from the \`erp\`, and rules that would write them there are refused.

**Dimensions** mean the same wherever they stand, so that rules, totals and reports cut everything the same way:
\`legal_entity\`, \`currency\`, \`tax_position\` and \`tax\`, \`service_line\`, \`cost_centre\`, \`billing_method\`,
\`resource_role\`. Each is a name or code that people use, not an id.

A firm's own fields begin with \`${extensionPrefix}\` and stand in its rules, not here. No canonical field begins so.

**Versions.** The version of an entity rises when one of its fields changes its meaning or goes away; a field that is
added changes nothing for anybody. States are stored with the version that they were read in, and are brought to the
present one whenever they are looked at, so what an older bridge has stored can always be read.

\`bridge schema --out <directory>\` writes a JSON Schema (draft 2020-12) for every version of every entity, one file each.
`;

const cell = (text: string): string => text.replaceAll('|', '\\|');

function kindText(field: EntityField): string {
  if (field.values !== undefined) return `code: ${field.values.map((value) => `\`${value}\``).join(', ')}`;
  if (field.entity !== undefined) return `${field.kind} to [${field.entity}](#${field.entity})`;
  const unit = unitOf(field);
  return unit === undefined ? field.kind : `${field.kind}, ${unit}`;
}

const ownerText = ({ owner, accounting }: EntityField): string =>
  accounting === true ? `${owner}, *accounting*` : owner;

function section({ name, version, meaning, accounting, fields, earlier }: Entity): string {
  const books = accounting ? ' All of it is an accounting outcome.' : '';
  const before = Object.keys(earlier);
  const rows = Object.entries(fields).map(
    ([field, of]) =>
      `| \`${field}\` | ${cell(kindText(of))} | ${cell(of.meaning)} | ${accounting ? of.owner : ownerText(of)} |`,
  );
  return `## ${name}

${meaning}${books} Version ${version}${before.length === 0 ? '' : `; states of version ${before.join(', ')} can be read`}.

| field | kind | meaning | usual owner |
|---|---|---|---|
${rows.join('\n')}
`;
}

/** The text of docs/entities.md. */
export const entitiesDocument = (): string => {
  const overview = entities
    .map(({ name, version, meaning }) => `| [${name}](#${name}) | ${version} | ${cell(meaning)} |`)
    .join('\n');
  return [
    introduction,
    `| entity | version | one of it is |\n|---|---|---|\n${overview}\n`,
    ...entities.map(section),
  ].join('\n');
};
