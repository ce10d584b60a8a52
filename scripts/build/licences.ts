import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root } from '../root.ts';

/**
 * What the licences of the packages ask of whoever passes them on.
 *
 * @param files paths from the root of the repository, of which some are those of packages
 * @throws Error when a package does not say under which licence it stands
 */
export function licenceTexts(files: readonly string[]): string {
  const folders = new Map<string, Set<string>>();
  for (const file of files) {
    const folder = packageOf.exec(file)?.[0];
    if (folder === undefined) continue;
    const within = folders.get(folder) ?? new Set([folder]);
    for (let path = dirname(file); path.length > folder.length; path = dirname(path)) within.add(path);
    folders.set(folder, within);
  }
  return [...folders]
    .sort(([left], [right]) => left.localeCompare(right))
    .map(([folder, within]) => licenceText(folder, [...within].sort()))
    .join(`\n${'-'.repeat(80)}\n\n`);
}

/** The folder of the innermost package that a file belongs to. */
const packageOf = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/;

/** @param within the package's folder, and those within it from which something is used: they may be somebody else's work */
function licenceText(folder: string, within: readonly string[]): string {
  const path = join(root, folder);
  const { name, version, license } = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8'));
  const texts = within.flatMap((part) => filesIn(part, /^(licen[cs]e|copying|notice)/i));
  if (texts.length === 0) texts.push(...filesIn(folder, /^readme/i).flatMap(sectionOfReadme));
  if (typeof license !== 'string' || texts.length === 0)
    throw new Error(`${folder} does not say under which licence it stands, so it cannot be passed on.`);
  return [`${name} ${version} (${license})`, ...texts].join('\n\n').concat('\n');
}

function filesIn(folder: string, name: RegExp): string[] {
  const entries = readdirSync(join(root, folder), { withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && name.test(entry.name))
    .map((entry) => readFileSync(join(root, folder, entry.name), 'utf8').trim());
}

/** Some say it there alone. */
const sectionOfReadme = (text: string): string[] =>
  /^#+ *licen[cs]e\b[\s\S]*/im.exec(text)?.slice(0, 1) ?? [];
