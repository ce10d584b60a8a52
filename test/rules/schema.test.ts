import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv, type ValidateFunction } from 'ajv';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { full } from './flow-folder.ts';
import { systems } from './folder.ts';

// That the files are as "npm run docs" makes them is checked with the other generated documents.
const directory = 'sync-rules';

function validatorOf(schema: string): ValidateFunction {
  const ajv = new Ajv({ strict: true, strictRequired: false, strictTypes: false, allowUnionTypes: true });
  return ajv.compile(JSON.parse(readFileSync(join(directory, schema), 'utf8')) as object);
}

const validators: Readonly<Record<string, ValidateFunction>> = {
  'rules.schema.json': validatorOf('rules.schema.json'),
  'systems.schema.json': validatorOf('systems.schema.json'),
  'reconcile.schema.json': validatorOf('reconcile.schema.json'),
  'subscribers.schema.json': validatorOf('subscribers.schema.json'),
};

const ownSchemas = ['systems.yaml', 'subscribers.yaml', 'reconcile.yaml'];

/** What is wrong with a text by a schema; empty when nothing is. */
function faults(schema: string, text: string): string[] {
  const validate = validators[schema] as ValidateFunction;
  if (validate(parse(text))) return [];
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

describe('the schemas for editors', () => {
  const files = readdirSync(directory).filter((name) => name.endsWith('.yaml'));

  test.each(files)('%s names its schema and is accepted by it', (name) => {
    const text = readFileSync(join(directory, name), 'utf8');
    const schema = /^# yaml-language-server: \$schema=(\S+)$/m.exec(text)?.[1] ?? 'none';
    expect(schema).toBe(
      ownSchemas.includes(name) ? name.replace('.yaml', '.schema.json') : 'rules.schema.json',
    );
    expect(faults(schema, text)).toEqual([]);
  });

  const everything = `entity: customer
owner: erp
owners: {phone: crm, x_segment: erp}
conflict: raise
extensions:
  x_segment: {kind: code, values: [a, b], meaning: How important it is., erp: x_segment, crm: segment}
tables:
  segments: {a: b, null: null, otherwise: a}
rules:
  - id: customer-to-crm
    from: erp
    to: crm
    fields:
      - name
      - x_segment: {field: x_segment, table: segments}
      - city: {expression: 'city + country'}
      - is_company: {constant: true}
    initial: [vat, street: {constant: unknown}]
    when: {is_company: true, country: [DE, null], x_segment: a}
    where: 'billing_open > 0'
    otherwise: keep
    deleted: raise
    match: [vat]
    likely: true
    create: always
    lane: bulk
    timing: {window: "0 2 * * *", minutes: 60}
    shadow: true
    overrides:
      - {when: {legal_entity: FR}, skip: true}
      - {where: 'country == "DE"', fields: [name], lane: finance, timing: real-time}
`;

  test('accept everything that a file of rules can say', () => {
    expect(faults('rules.schema.json', everything)).toEqual([]);
  });

  test('accept value tables alone, systems and subscribers', () => {
    expect(faults('rules.schema.json', 'tables: {grades: {a: b}}')).toEqual([]);
    expect(faults('systems.schema.json', systems)).toEqual([]);
    expect(
      faults(
        'systems.schema.json',
        'systems: {odoo: {connector: odoo, role: erp, shadow: true, poll: {outbox: "* * * * *"}, options: {days: 7}}}',
      ),
    ).toEqual([]);
    expect(faults('subscribers.schema.json', 'subscribers: {warehouse: {events: [invoice.paid]}}')).toEqual(
      [],
    );
  });

  test.each([
    ['an unknown entity', 'entity: customer', 'entity: costumer', '/entity'],
    ['an unknown key', 'owner: erp', 'ownr: erp', ''],
    ['an owner that is no role', 'owner: erp', 'owner: odoo', '/owner'],
    ['an owner of an unknown field', 'phone: crm', 'fone: crm', '/owners'],
    ['an extension field without its prefix', '  x_segment: {kind', '  segment: {kind', '/extensions'],
    ['an unknown kind', 'kind: code', 'kind: number', '/extensions/x_segment/kind'],
    ['an unknown field', '- name', '- nam', '/rules/0/fields/0'],
    ['an unknown key of a mapping', 'expression: ', 'expresion: ', '/rules/0/fields/2/city'],
    ['an unknown field in a mapping', 'field: x_segment', 'field: y', '/rules/0/fields/1/x_segment/field'],
    [
      'a condition on an unknown field',
      'is_company: true, country',
      'company: true, country',
      '/rules/0/when',
    ],
    [
      'a flag compared with a text',
      'is_company: true, country',
      'is_company: "yes", country',
      '/rules/0/when/is_company',
    ],
    ['an unknown initial field', 'initial: [vat', 'initial: [vta', '/rules/0/initial/0'],
    ['an unknown lane', 'lane: bulk', 'lane: fast', '/rules/0/lane'],
    ['a window without an end', ', minutes: 60', '', '/rules/0/timing'],
    [
      'an override for nothing',
      '{when: {legal_entity: FR}, skip: true}',
      '{skip: true}',
      '/rules/0/overrides/0',
    ],
    [
      'an unknown field in an override',
      'fields: [name], lane',
      'fields: [nam], lane',
      '/rules/0/overrides/1/fields/0',
    ],
    ['a rule without id', 'id: customer-to-crm\n    ', '', '/rules/0'],
  ])('refuse %s', (_, good, bad, path) => {
    expect(everything).toContain(good);
    const found = faults('rules.schema.json', everything.replace(good, bad));
    expect(found.map((fault) => fault.split(' ')[0])).toContain(path);
  });

  test('accept everything that a flow can say', () => {
    expect(faults('rules.schema.json', full)).toEqual([]);
  });

  test.each([
    ['an unknown key', 'owner: finance\n', 'ownr: finance\n', ''],
    ['an unknown entity', 'entity: timesheet, from: psa', 'entity: time, from: psa', '/subject/entity'],
    ['a condition on an unknown field', 'approval: [', 'aproval: [', '/when'],
    ['beginning again for an unknown field', 'again: [hours', 'again: [hour', '/again/0'],
    ['a name that expressions cannot use', '  line: {', '  Line: {', '/objects'],
    ['an object in no role', 'field: contract, in: erp', 'field: contract, in: odoo', '/objects/contract/in'],
    ['a way back by an unknown field', 'back: project', 'back: projekt', '/objects/bookings/back'],
    ['a step that is nothing', '    deliver: { to: erp }\n', '', '/steps/2'],
    [
      'a step that is two things',
      'deliver: { to: erp }',
      'deliver: { to: erp }\n    call: { action: a }',
      '/steps/2',
    ],
    ['an unknown quantity', 'quantity: any', 'quantity: one', '/steps/1/require/quantity'],
    ['a length of time without unit', 'within: 90m', 'within: "90"', '/steps/2/within'],
    ['what nobody would understand', '    says: Not billed.\n', '', '/steps/4'],
  ])('refuse in a flow %s', (_, good, bad, path) => {
    expect(full).toContain(good);
    const found = faults('rules.schema.json', full.replace(good, bad));
    expect(found.map((fault) => fault.split(' ')[0])).toContain(path);
  });

  test('refuse a secret among the systems, an unknown event and an address of a subscriber', () => {
    expect(
      faults('systems.schema.json', 'systems: {odoo: {connector: odoo, role: erp, token: x}}'),
    ).not.toEqual([]);
    expect(faults('systems.schema.json', 'systems: {}')).not.toEqual([]);
    expect(faults('subscribers.schema.json', 'subscribers: {a: {events: [invoice.payed]}}')).not.toEqual([]);
    expect(faults('subscribers.schema.json', 'subscribers: {a: {events: [], url: "https://x"}}')).not.toEqual(
      [],
    );
  });

  test('accept everything that a reconciliation can say, and nothing else', () => {
    const good = `reconcile:
  - {id: time, entity: timesheet, between: [psa, erp], months: 2, schedule: "30 1 * * *", differences: raise, strangers: raise, owner: finance, totals: [hours], by: [customer, period]}
`;
    expect(faults('reconcile.schema.json', good)).toEqual([]);
    expect(faults('reconcile.schema.json', good.replace('months: 2', 'months: 2, days: 3'))).not.toEqual([]);
    expect(faults('reconcile.schema.json', good.replace('[psa, erp]', '[psa]'))).not.toEqual([]);
    expect(faults('reconcile.schema.json', good.replace('raise', 'fix'))).not.toEqual([]);
  });

  test('refuse rules beside tables without an entity', () => {
    expect(faults('rules.schema.json', 'tables: {}\nowner: erp')).not.toEqual([]);
    expect(faults('rules.schema.json', 'rules: []')).not.toEqual([]);
  });
});
