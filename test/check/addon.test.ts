import { describe, expect, test } from 'vitest';
import { parseManifest } from '../../scripts/check/addon-manifest.ts';
import { sourceFindings } from '../../scripts/check/addon-source.ts';
import { findings, plant } from './planted.ts';

const manifest = `{
    "name": "Planted",  # a comment, with a "quote"
    "summary": "One text "
    "in two pieces",
    "version": "19.0.1.0.0",
    "author": "Somebody",
    "website": "https://example.com/planted",
    "license": "LGPL-3",
    "depends": ["base"],
    "data": [
        "security/ir.model.access.csv",
        "views/thing_views.xml",
    ],
    "application": True,
}
`;
const access = 'id,name,model_id:id,group_id:id,perm_read,perm_write,perm_create,perm_unlink\n';
const good = {
  'odoo_addon/planted/__manifest__.py': manifest,
  'odoo_addon/planted/readme/DESCRIPTION.md': 'A thing.\n',
  'odoo_addon/planted/security/ir.model.access.csv': `${access}thing,thing,model_thing,group_thing,1,0,0,0\n`,
  'odoo_addon/planted/views/thing_views.xml':
    '<odoo>\n  <record id="view" model="ir.ui.view"><field name="name">a</field></record>\n</odoo>\n',
};
const check = (files: Readonly<Record<string, string>>) => findings('addon (odoo rules)', plant(files));

test('a good addon is no finding', async () => {
  expect(await check(good)).toBe('');
});

test('a manifest is read with comments, joined texts and Python words', () => {
  expect(parseManifest(manifest)).toMatchObject({ summary: 'One text in two pieces', application: true });
});

describe('manifest', () => {
  test.each([
    ['"version" must have the form', manifest.replace('19.0.1.0.0', '1.0.0')],
    ['"license" must be one of', manifest.replace('LGPL-3', 'Proprietary')],
    ['"author" must be a text', manifest.replace('"author": "Somebody",', '')],
    ['"website" is no address', manifest.replace('https://example.com/planted', 'example')],
    ['"active" is out of use', manifest.replace('"application"', '"active"')],
    ['it loads views/none.xml, which does not exist', manifest.replace('views/thing_views', 'views/none')],
    ['cannot be read as a dictionary', manifest.replace('["base"]', 'list(base)')],
  ])('%s', async (message, source) => {
    expect(await check({ ...good, 'odoo_addon/planted/__manifest__.py': source })).toContain(message);
  });
});

describe('data files', () => {
  const path = 'odoo_addon/planted/views/thing_views.xml';
  test.each([
    ['2: not well formed', '<odoo>\n  <record></odoo>\n'],
    ['3: the id "view" is given in', '<odoo>\n<record id="view"/>\n<record id="view"/>\n</odoo>\n'],
    ['1: leave "planted." out', '<odoo><record id="planted.view"/></odoo>\n'],
    [
      '1: the record has the field "name" twice',
      '<odoo><record id="a"><field name="name"/><field name="name"/></record></odoo>\n',
    ],
    ['1: <tree> is out of use', '<odoo><tree/></odoo>\n'],
  ])('%s', async (message, source) => {
    expect(await check({ ...good, [path]: source })).toContain(`${path}:${message}`);
  });

  test('a field twice in a view is no finding: the list and its form may both show it', async () => {
    const source =
      '<odoo><record id="a"><field name="arch"><field name="x"/><field name="x"/></field></record></odoo>\n';
    expect(await check({ ...good, [path]: source })).toBe('');
  });

  test('a file that the manifest forgets', async () => {
    expect(await check({ ...good, 'odoo_addon/planted/data/cron.xml': '<odoo/>\n' })).toContain(
      'cron.xml: file-not-used',
    );
  });

  test.each([
    ['2: "thing" names no group', 'thing,thing,model_thing,,1,0,0,0\n'],
    ['2: "thing" must end with four rights', 'thing,thing,model_thing,group_thing,1,0,0\n'],
    [
      '3: the id "thing" is given in',
      'thing,a,model_thing,group_thing,1,0,0,0\nthing,b,model_thing,group_thing,1,0,0,0\n',
    ],
  ])('%s', async (message, rows) => {
    const csv = 'odoo_addon/planted/security/ir.model.access.csv';
    expect(await check({ ...good, [csv]: access + rows })).toContain(`${csv}:${message}`);
  });

  test('an addon without a readme', async () => {
    const { 'odoo_addon/planted/readme/DESCRIPTION.md': _, ...rest } = good;
    expect(await check(rest)).toContain('missing-readme');
  });
});

describe('Python', () => {
  const models = 'planted/models/thing.py';
  test.each([
    ['2: translation-required', 'def stop():\n    raise UserError("No")\n'],
    ['1: translation-contains-variable', 'text = self.env._("No %s" % name)\n'],
    ['1: translation-contains-variable', 'text = self.env._("No {}".format(name))\n'],
    ['1: translation-contains-variable', 'text = _(f"No {name}")\n'],
    ['1: translation-positional-used', 'text = _("%s of %s", one, two)\n'],
    ['1: prefer-env-translation', 'from odoo import _, api\n'],
    ['1: invalid-commit', 'self.env.cr.commit()\n'],
    ['1: context-overridden', 'self.with_context({"lang": "en_US"})\n'],
    ['1: odoo-addons-relative-import', 'from odoo.addons.services_bridge.models import base\n'],
    ['1: test-folder-imported', 'from . import models, tests\n'],
    ['1: deprecated-odoo-model-method', 'user = self._uid\n'],
    ['2: attribute-string-redundant', 'class Thing:\n    due_date = fields.Date("Due date")\n'],
    ['2: method-required-super', 'class Thing:\n    def write(self, vals):\n        return True\n'],
  ])('%s', (start, source) => {
    expect(sourceFindings(models, source).join('\n')).toContain(start);
  });

  test.each([
    'raise UserError(self.env._("No %(name)s", name=name))\n',
    'text = _("%s %%", one)\n',
    'self.env.cr.commit()  # pylint: disable=invalid-commit\n',
    'class Thing:\n    due_date = fields.Date("Pay until")\n',
    'class Thing:\n    def write(\n        self, vals\n    ):\n        result = super().write(vals)\n        return result\n',
  ])('is no finding: %s', (source) => {
    expect(sourceFindings(models, source)).toEqual([]);
  });

  test('tests may have helpers with the names of model methods, but keep what setUp does', () => {
    const path = 'planted/tests/test_thing.py';
    expect(sourceFindings(path, 'class Test:\n    def write(self):\n        return 1\n')).toEqual([]);
    expect(sourceFindings(path, 'class Test:\n    def setUp(self):\n        return 1\n')).toHaveLength(1);
  });
});
