import { describe, expect, onTestFinished, test } from 'vitest';
import type { State } from '../../../bridge/entities/field.ts';
import { createOdoo } from '../../../bridge/systems/odoo/connector.ts';
import { ownFieldsOf } from '../../../bridge/systems/odoo/own-fields.ts';
import type { Finding, SystemExtension } from '../../../bridge/systems/system.ts';
import { ownFields, ownValues } from '../../conformance/own-fields.ts';
import { json, startFakeOdoo } from './fake-odoo.ts';

const { signal } = new AbortController();
const extensions = ownFields('customer', (field) => field.replace('x_', 'x_studio_'));
const own = ownFieldsOf('customer', [...extensions, ...ownFields('project', (field) => field)]);

describe('values of fields that the firm added', () => {
  test('are those of their own entity', () => {
    expect(own.fields).toEqual(Object.keys(ownValues));
    expect(own.names).toContain('x_studio_segment');
    expect(own.names).not.toContain('x_segment');
    expect(ownFieldsOf('task', extensions).names).toEqual([]);
  });

  test('come as Odoo has them', () => {
    const row = {
      id: 1,
      x_studio_motto: '',
      x_studio_segment: 'gold',
      x_studio_on_hold: true,
      x_studio_score: 0.1 + 0.2,
      x_studio_reviewed_on: '2026-02-28',
    };
    expect(own.stateOf(row)).toEqual({
      x_motto: null,
      x_segment: 'gold',
      x_on_hold: true,
      x_score: '0.3',
      x_reviewed_on: '2026-02-28',
    });
    expect(own.stateOf({ id: 1, x_studio_motto: [7, 'Seven'] })).toMatchObject({ x_motto: 'Seven' });
  });

  test('go as the addon takes them, and only those that are there', () => {
    expect(own.valuesOf({ ...ownValues, x_score: '12.00' })).toEqual({
      ok: true,
      values: {
        x_studio_motto: ownValues.x_motto,
        x_studio_segment: 'gold',
        x_studio_on_hold: true,
        x_studio_score: '12',
        x_studio_reviewed_on: '2026-02-28',
      },
    });
    expect(own.valuesOf({ name: 'Acme', x_motto: null })).toEqual({
      ok: true,
      values: { x_studio_motto: false },
    });
  });

  test.each<State>([
    { x_segment: 'platinum' },
    { x_score: '1e3' },
    { x_score: '1.' },
    { x_reviewed_on: '2026-02-30T00:00:00Z' },
    { x_on_hold: 'true' },
    { x_motto: true },
  ])('%o is refused', (state) => {
    const [field] = Object.keys(state);
    expect(own.valuesOf(state)).toMatchObject({
      ok: false,
      error: 'invalid',
      message: expect.stringContaining(field ?? ''),
    });
  });
});

describe('what is said of fields that the firm added', () => {
  const description = {
    protocol: 1,
    addon: '19.0.1.0.0',
    odoo: '19.0',
    database: 'b4f1c1de-9c41-4b32-9a55-0d5f5a6f8a01',
    neutralized: false,
    user: { id: 9, login: 'bridge' },
    enabled: true,
    watched: { 'res.partner': ['x_studio_segment'] },
    missing_rights: [],
  };
  const segment = {
    type: 'selection',
    selection: [
      ['gold', 'Gold'],
      ['silver', 'Silver'],
    ],
  };
  const [, code] = extensions as [SystemExtension, SystemExtension];

  async function connect(
    extension: SystemExtension,
    { fields = { x_studio_segment: segment }, addon = {} }: { fields?: object; addon?: object } = {},
  ) {
    const odoo = await startFakeOdoo(({ path }, response) => {
      if (path.endsWith('/version_info'))
        json(response, 200, {
          result: { server_serie: '19.0', server_version: '19.0' },
        });
      else if (path.endsWith('/fields_get')) json(response, 200, fields);
      else json(response, 200, { ...description, ...addon });
    });
    const connector = createOdoo({
      system: 'odoo',
      url: odoo.url,
      database: 'firm',
      login: 'bridge',
      apiKey: 'key',
      transport: 'json2',
      extensions: [extension],
    });
    onTestFinished(() => connector.close());
    return { connector, requests: odoo.requests };
  }

  const aboutTheField = (findings: readonly Finding[]) =>
    findings.filter(({ level, message }) => level !== 'ok' && message.includes('x_studio_segment'));

  type Answers = Parameters<typeof connect>[1];
  const writable = { writable: { 'res.partner': ['x_studio_segment'] } };

  test.each<[string, string, SystemExtension, Answers]>([
    ['error', 'is not there', code, { fields: {} }],
    ['error', 'is of type char, which is no code', code, { fields: { x_studio_segment: { type: 'char' } } }],
    ['error', 'lacks the values bronze', { ...code, values: ['gold', 'silver', 'bronze'] }, {}],
    ['warning', 'also has the values silver', { ...code, values: ['gold'], written: false }, {}],
    ['error', 'is not watched', { ...code, written: false }, { addon: { watched: {} } }],
    ['warning', 'is not watched', code, { addon: { watched: {} } }],
    ['error', 'may not be written', code, { addon: { writable: { 'res.partner': ['name'] } } }],
    [
      'error',
      'its name can be read, but not written',
      { ...code, kind: 'text' },
      { fields: { x_studio_segment: { type: 'many2one' } } },
    ],
  ])('%s: %s', async (level, message, extension, answers) => {
    const { connector } = await connect(extension, answers);
    expect(aboutTheField(await connector.check(signal))).toMatchObject([
      { level, message: expect.stringContaining(message), remedy: expect.stringMatching(/\w{4}/) },
    ]);
  });

  test.each<[string, Answers]>([
    ['as the rules need them', { addon: writable }],
    ['with an addon that does not tell what may be written', {}],
  ])('nothing where they are %s', async (_how, answers) => {
    const { connector, requests } = await connect(code, answers);
    expect(aboutTheField(await connector.check(signal))).toEqual([]);
    const asked = requests.find(({ path }) => path.endsWith('res.partner/fields_get'));
    expect(JSON.parse(asked?.body ?? '')).toMatchObject({ allfields: ['x_studio_segment'] });
  });

  test('the set-up refuses the system while one is missing, and leaves settings to the check', async () => {
    const missing = await connect(code, { fields: {} });
    expect(await missing.connector.setup(signal)).toContainEqual(
      expect.objectContaining({ level: 'error', message: expect.stringContaining('is not there') }),
    );
    const unwatched = await connect(code, { addon: { watched: {} } });
    expect((await unwatched.connector.setup(signal)).filter(({ level }) => level !== 'ok')).toEqual([]);
  });
});
