import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { generatedDocuments } from '../../scripts/docs/generated.ts';

const repository = join(import.meta.dirname, '../..');

test.each(Object.entries(generatedDocuments))('%s is as "npm run docs" makes it', (path, text) => {
  expect(readFileSync(join(repository, path), 'utf8')).toBe(text());
});
