import { existsSync, globSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { type DataFile, type RecordId, readAccess, readXml } from './addon-data.ts';
import { loadedFiles, type Manifest, manifestFindings, parseManifest } from './addon-manifest.ts';
import { sourceFindings } from './addon-source.ts';
import type { Check } from './check.ts';

const readmes = ['README.rst', 'README.md', 'readme/DESCRIPTION.md', 'readme/DESCRIPTION.rst'];

/** What pylint-odoo demands of every addon of the Odoo Community Association, and Ruff cannot see. */
export const addonCheck: Check = {
  name: 'addon (odoo rules)',
  async run(root) {
    const manifests = globSync('odoo_addon/*/__manifest__.py', { cwd: root });
    return manifests.flatMap((path) => addonFindings(root, dirname(path))).join('\n');
  },
};

/** Findings in the addon in `folder`, a path relative to `root`, as `<path>:<line>: <what>`. */
function addonFindings(root: string, folder: string): string[] {
  const read = (path: string) => readFileSync(join(root, path), 'utf8');
  const files = globSync(`${folder}/**/*.{py,xml,csv}`, { cwd: root }).sort();
  const manifestPath = `${folder}/__manifest__.py`;
  let manifest: Manifest;
  try {
    manifest = parseManifest(read(manifestPath));
  } catch (error) {
    return [`${manifestPath}: cannot be read as a dictionary of plain values: ${(error as Error).message}`];
  }
  const findings = manifestFindings(manifest, join(root, folder)).map((what) => `${manifestPath}: ${what}`);
  if (!readmes.some((name) => existsSync(join(root, folder, name)))) {
    findings.push(`${folder}: missing-readme: write readme/DESCRIPTION.md`);
  }
  const ids = new Map<string, RecordId & { path: string }>();
  const loaded = new Set(loadedFiles(manifest).map((file) => `${folder}/${file}`));
  for (const path of files) {
    const source = read(path);
    if (path.endsWith('.py')) findings.push(...sourceFindings(path, source).map((what) => `${path}:${what}`));
    else if (!path.startsWith(`${folder}/static/`)) {
      if (!loaded.has(path)) findings.push(`${path}: file-not-used: the manifest does not load it`);
      findings.push(...dataFindings(path, dataFile(path, source, basename(folder)), ids));
    }
  }
  return findings;
}

const dataFile = (path: string, source: string, addon: string): DataFile =>
  path.endsWith('.csv') ? readAccess(source) : readXml(source, addon);

function dataFindings(path: string, data: DataFile, ids: Map<string, RecordId & { path: string }>): string[] {
  const findings = data.findings.map((what) => `${path}:${what}`);
  for (const { id, line } of data.ids) {
    const other = ids.get(id);
    if (other === undefined) ids.set(id, { id, line, path });
    else findings.push(`${path}:${line}: the id "${id}" is given in ${other.path}:${other.line} already`);
  }
  return findings;
}
