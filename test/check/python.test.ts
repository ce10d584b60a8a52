import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createPythonLint, formatPython } from '../../scripts/check/python.ts';
import { findings, plant, repository } from './planted.ts';

const { lint } = createPythonLint(readFileSync(join(repository, '.ruff.toml'), 'utf8'));
const codes = (source: string, path = 'odoo_addon/planted/models/thing.py') =>
  lint(path, source).map((finding) => /^\S+ (?:([A-Z]+\d+) )?/.exec(finding)?.[1] ?? 'format');

describe('Ruff, as the Odoo Community Association uses it', () => {
  test.each([
    ['F401', 'import os\n'],
    ['I001', 'from odoo import api\nimport os\n\nprint_ = (api, os)\n'],
    ['E501', `value = "${'long '.repeat(20)}"\n`],
    ['W605', 'value = "\\d"\n'],
    ['B006', 'def add(values=[]):\n    return values\n'],
    ['UP006', 'from typing import List\n\n\ndef add(values: List[int]):\n    return values\n'],
    [
      'C901',
      `def choose(value):\n${'    if value:\n        value = next(value)\n'.repeat(17)}    return value\n`,
    ],
    ['T201', 'print("here")\n'],
    ['S307', 'def run(text):\n    return eval(text)\n'],
    ['S113', 'import requests\n\nanswer = requests.get("https://example.com")\n'],
    ['S110', 'try:\n    value = int(text)\nexcept ValueError:\n    pass\n'],
    ['S608', 'def run(cr, name):\n    cr.execute("SELECT id FROM res_partner WHERE name = \'%s\'" % name)\n'],
    ['INT001', 'def tell(_, name):\n    return _(f"Hello {name}")\n'],
    ['format', "value = 'single'\n"],
  ])('%s', (code, source) => {
    expect(codes(source)).toContain(code);
  });

  test('good code is no finding', () => {
    expect(codes('import os\n\nfrom odoo import api\n\nnames = [os, api]\n')).toEqual([]);
  });

  test('__init__.py may import what it does not use, __manifest__.py may be a mere value', () => {
    expect(codes('from . import models\n', 'odoo_addon/planted/__init__.py')).toEqual([]);
    expect(codes('{\n    "name": "Planted",\n}\n', 'odoo_addon/planted/__manifest__.py')).toEqual([]);
    expect(codes('{\n    "name": "Planted",\n}\n')).toEqual(['B018']);
  });

  test('what cannot be parsed is a finding, not a crash', () => {
    const [first] = lint('odoo_addon/planted/wrong.py', 'def (:\n');
    expect(first).toContain('wrong.py:1:5: invalid-syntax');
  });
});

test('formatting brings a file into the form that the check asks for', async () => {
  const path = 'odoo_addon/planted/models/thing.py';
  const root = plant({ [path]: "value = 'single'\n" });
  expect(await findings('python (ruff)', root)).toContain(`${path}:1: not formatted`);
  expect(formatPython(root)).toEqual([path]);
  expect(await findings('python (ruff)', root)).toBe('');
});
