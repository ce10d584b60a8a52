import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './paths.ts';

/**
 * What the licences of the packages ask of whoever passes them on.
 *
 * @param files paths from the root of the repository, of which some are those of packages
 * @throws Error when a package does not say under which licence it stands
 */
export function licenceTexts(files: readonly string[]): string {
  const packages = new Set(files.flatMap((file) => packageOf.exec(file)?.[0] ?? []));
  return [...packages]
    .sort()
    .map(licenceText)
    .join(`\n${'-'.repeat(80)}\n\n`);
}

/** The folder of the innermost package that a file belongs to. */
const packageOf = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/;

function licenceText(folder: string): string {
  const path = join(root, folder);
  const { name, version, license } = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8'));
  if (typeof license !== 'string')
    throw new Error(`${folder}/package.json names no licence, so it cannot be part of what is passed on.`);
  const texts = readdirSync(path)
    .filter((file) => /^(licen[cs]e|copying|notice)/i.test(file))
    .map((file) => readFileSync(join(path, file), 'utf8').trim());
  return [`${name} ${version} (${license})`, ...texts].join('\n\n').concat('\n');
}
