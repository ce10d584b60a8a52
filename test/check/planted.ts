import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { checks } from '../../scripts/check/checks.ts';

export const repository = fileURLToPath(new URL('../..', import.meta.url));

const configurations = [
  '.dependency-cruiser.mjs',
  '.gitignore',
  '.ruff.toml',
  'biome.json',
  'knip.config.ts',
  'tsconfig.json',
];

/**
 * A folder with the repository's own configuration of the checks, its installed packages and these files (path →
 * content). Removed at the end of the test.
 */
export function plant(files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), 'planted-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  for (const name of configurations) copyFileSync(join(repository, name), join(root, name));
  if (!Object.keys(files).some((path) => path.startsWith('node_modules/'))) {
    symlinkSync(join(repository, 'node_modules'), join(root, 'node_modules'));
  }
  for (const [path, content] of Object.entries({ 'package.json': '{"type":"module"}', ...files })) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  return root;
}

/** What the check of this name says about a folder. */
export function findings(name: string, root: string): Promise<string> {
  const check = checks.find((candidate) => candidate.name === name);
  if (check === undefined) throw new Error(`There is no check "${name}"`);
  return check.run(root);
}
