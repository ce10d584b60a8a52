import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** What `__manifest__.py` declares; keys as Odoo names them. */
export type Manifest = Readonly<Record<string, unknown>>;

const licences = [
  'AGPL-3',
  'GPL-2',
  'GPL-2 or any later version',
  'GPL-3',
  'GPL-3 or any later version',
  'LGPL-3',
];
const deprecated = ['description', 'active'];
const developmentStatus = ['Alpha', 'Beta', 'Production/Stable', 'Mature'];
const versionForm = /^19\.0\.\d+\.\d+\.\d+$/;

/**
 * Reads the dictionary of a manifest as Ruff formats it: texts in double quotes, one after another where they are long.
 * @throws SyntaxError when it holds anything but plain values.
 */
export function parseManifest(source: string): Manifest {
  const words: Readonly<Record<string, string>> = { True: 'true', False: 'false', None: 'null' };
  const json = source
    .replace(/"(?:[^"\\\n]|\\.)*"|#.*|\b(?:True|False|None)\b/g, (token) =>
      token.startsWith('#') ? '' : (words[token] ?? token),
    )
    .replace(/"\s*\n\s*"/g, '')
    .replace(/,(\s*[}\]])/g, '$1');
  return JSON.parse(json) as Manifest;
}

/** What is wrong with a manifest, by the rules of pylint-odoo. `folder` is the addon's own, to see its files. */
export function manifestFindings(manifest: Manifest, folder: string): string[] {
  const findings: string[] = [];
  const { license, author, version, website } = manifest;
  if (!licences.includes(license as string)) findings.push(`"license" must be one of ${licences.join(', ')}`);
  if (typeof author !== 'string' || author === '') findings.push('"author" must be a text');
  if (typeof manifest.name !== 'string') findings.push('"name" is missing');
  if (typeof version !== 'string' || !versionForm.test(version)) {
    findings.push(`"version" must have the form 19.0.x.y.z, not ${JSON.stringify(version)}`);
  }
  if (website !== undefined && !URL.canParse(String(website))) findings.push('"website" is no address');
  if (!Array.isArray(manifest.depends)) findings.push('"depends" must list the addons that this one needs');
  for (const key of deprecated) if (key in manifest) findings.push(`"${key}" is out of use`);
  const status = manifest.development_status;
  if (status !== undefined && !developmentStatus.includes(String(status))) {
    findings.push(`"development_status" must be one of ${developmentStatus.join(', ')}`);
  }
  for (const file of loadedFiles(manifest)) {
    if (!existsSync(join(folder, file))) findings.push(`it loads ${file}, which does not exist`);
  }
  return findings;
}

/** Files that Odoo loads at installation, relative to the addon. */
export function loadedFiles(manifest: Manifest): string[] {
  return [manifest.data, manifest.demo].flatMap((files) => (Array.isArray(files) ? files.map(String) : []));
}
