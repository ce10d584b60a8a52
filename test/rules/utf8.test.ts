import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadRules } from '../../bridge/rules/load.ts';
import { RulesError } from '../../bridge/rules/problem.ts';
import { customer, good, load, names, systems, withFolder } from './folder.ts';

/** What is wrong with a folder in which one file has these bytes. */
const problemsWith = (name: string, bytes: Buffer) =>
  withFolder(good, (directory) => {
    writeFileSync(join(directory, name), bytes);
    try {
      loadRules(directory, names);
      return [];
    } catch (error) {
      if (!(error instanceof RulesError)) throw error;
      return error.problems.map(
        ({ file, line, column, message }) =>
          `${file.slice(directory.length + 1)}:${line}:${column} ${message}`,
      );
    }
  });

const table = (value: string) => `tables:\n  towns: {"1": ${value}, "2": Köln}\n`;
const bytes = (...parts: (string | number)[]) =>
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.from([part]))));

test.each([
  ['a letter of Latin-1', bytes('tables:\n  towns: {"1": M', 0xfc, 'nchen, "2": K', 0xf6, 'ln}\n'), '2:17'],
  ['one behind letters that are right', bytes('tables:\n  towns: {"ö": "😀\ufffd', 0xfc, '"}\n'), '2:20'],
  ['a letter that is cut off', bytes('tables:\n  towns: {"1": a}\n# ', 0xe2, 0x82), '3:3'],
  ['half a letter in a comment', bytes('tables:\n  towns: {"1": a} # ', 0xc3, '(\n'), '2:21'],
])('%s is refused where it stands', (_, content, place) => {
  expect(problemsWith('towns.yaml', content)).toEqual([
    `towns.yaml:${place} not UTF-8: save the file as UTF-8`,
  ]);
});

test('what a file declares is not said to be missing besides', () => {
  const latin = (text: string) => Buffer.from(text, 'latin1');
  expect(problemsWith('systems.yaml', latin(`# für alle\n${systems}`))).toEqual([
    'systems.yaml:1:4 not UTF-8: save the file as UTF-8',
  ]);
  expect(problemsWith('customer.yaml', latin(`${customer}# für alle\n`))).toEqual([
    'customer.yaml:4:4 not UTF-8: save the file as UTF-8',
  ]);
});

test('the other encoding of Windows is refused at its beginning', () => {
  const wide = Buffer.from(`\ufeff${table('München')}`, 'utf16le');
  expect(problemsWith('towns.yaml', wide)).toEqual(['towns.yaml:1:1 not UTF-8: save the file as UTF-8']);
});

test('letters of all alphabets, a sign for a letter that was lost, and a mark at the beginning are read', () => {
  expect(load({ ...good, 'towns.yaml': table('Zürich\ufffd東京😀') }).tables).toEqual(
    load({ ...good, 'towns.yaml': `\ufeff${table('Zürich\ufffd東京😀')}` }).tables,
  );
  expect(JSON.stringify(load({ ...good, 'towns.yaml': table('Zürich\ufffd東京😀') }).tables)).toContain(
    'Zürich\ufffd東京😀',
  );
});
