/** `npm run docs`: writes the documents that are made from the product's own source. */
import { writeFileSync } from 'node:fs';
import { generatedDocuments } from './docs/generated.ts';

for (const [path, text] of Object.entries(generatedDocuments)) {
  writeFileSync(new URL(`../${path}`, import.meta.url), text());
  console.log(`Wrote ${path}`);
}
