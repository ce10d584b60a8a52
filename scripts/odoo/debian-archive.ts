import { existsSync, readdirSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { withProgress } from '../progress.ts';
import { cacheFolder } from './cache-folder.ts';
import { installPackages } from './debian-packages.ts';
import { CommandFailed, run } from './run-command.ts';
import { OdooUnavailable } from './unavailable.ts';

/**
 * Odoo 19 is a package of Debian unstable that also runs on Debian 12. It is fetched through an apt configuration of
 * its own, so that the machine's sources, pins and package lists stay as they are, and unpacked, not installed.
 */
const packageName = 'odoo-19';
const incompletePrefix = `${packageName}.incomplete-`;
const suite = 'sid';
const debianKeyring = '/usr/share/keyrings/debian-archive-keyring.gpg';

/** Folders of the host that the package's own links lead to, relative to the root of either. */
const linkedFolders = [
  'usr/share/javascript',
  'usr/share/fonts-font-awesome',
  'usr/share/fonts/truetype/roboto',
];

export const odooFolder = () => join(cacheFolder(), packageName);
/** Holds the package's version. Part of the folder before it is renamed into place. */
export const versionFile = () => join(odooFolder(), 'version');

/**
 * The address of the Debian archive that this machine uses itself, from apt's own reading of its sources (so both
 * formats, `sources.list` and `*.sources`).
 * @param targets lines `<address>|<suite>|<component>`, as `apt-get indextargets` prints them
 */
export function archiveAddress(targets: string): string | undefined {
  for (const line of targets.split('\n')) {
    const [address = '', release = '', component = ''] = line.split('|');
    // The security archive and foreign sources do not carry unstable.
    if (component !== 'main' || !/^[a-z]+$/.test(release) || !/\/debian\/?$/.test(address)) continue;
    if (/^(https?|ftp|file|mirror(\+[a-z]+)?|tor\+https?):/.test(address)) return address;
  }
  return undefined;
}

/** apt options that replace the machine's sources, pins, lists and package states; proxies and log-ins stay. */
function isolatedOptions(folder: string): string[] {
  return [
    `Dir::Etc::SourceList=${folder}/sources.list`,
    'Dir::Etc::SourceParts=/dev/null',
    'Dir::Etc::Preferences=/dev/null',
    'Dir::Etc::PreferencesParts=/dev/null',
    `Dir::State::Lists=${folder}/lists`,
    `Dir::State::status=${folder}/status`,
    `Dir::Cache=${folder}/cache`,
    // Only the index of architecture-independent packages is needed.
    'APT::Architecture=all',
    'APT::Architectures::=all',
    // The folder belongs to the caller; apt's own user could not write to it.
    'APT::Sandbox::User=',
  ].flatMap((option) => ['--option', option]);
}

async function updateLists(options: readonly string[]): Promise<void> {
  const update = () => run({ command: 'apt-get', arguments: [...options, '--error-on=any', 'update'] });
  try {
    await update();
  } catch (error) {
    if (!(error instanceof CommandFailed) || !/NO_PUBKEY|not signed|EXPKEYSIG/.test(error.output))
      throw error;
    // The archive is signed with a newer key than this machine knows. The machine's own release brings it, signed
    // with a key that is trusted here. Verification is never switched off.
    await installPackages(['debian-archive-keyring']);
    await update();
  }
}

/** Downloads the package into `folder`; apt has checked its hash against the signed index. Resolves with its path. */
async function download(folder: string): Promise<string> {
  const targets = await run({
    command: 'apt-get',
    arguments: ['indextargets', '--format', '$(REPO_URI)|$(RELEASE)|$(COMPONENT)', 'Created-By: Packages'],
  });
  const address = archiveAddress(targets);
  if (address === undefined) {
    throw new OdooUnavailable(
      'no Debian archive was found in the apt sources of this machine',
      'Add the main archive of your Debian release to /etc/apt/sources.list.',
    );
  }
  await mkdir(join(folder, 'lists', 'partial'), { recursive: true });
  await mkdir(join(folder, 'cache', 'archives', 'partial'), { recursive: true });
  await writeFile(join(folder, 'status'), '');
  const trust = existsSync(debianKeyring) ? `[signed-by=${debianKeyring}] ` : '';
  await writeFile(join(folder, 'sources.list'), `deb ${trust}${address} ${suite} main\n`);
  const options = isolatedOptions(folder);
  await updateLists(options);
  // apt-get downloads to its working folder.
  await run({
    command: 'env',
    arguments: ['--chdir', folder, 'apt-get', ...options, '--quiet', 'download', packageName],
  });
  const file = readdirSync(folder).find((name) => name.endsWith('.deb'));
  if (file === undefined) throw new Error(`apt-get downloaded no package to ${folder}`);
  return join(folder, file);
}

async function linkHostFolders(target: string): Promise<void> {
  for (const relative of linkedFolders) {
    const link = join(target, relative);
    if (existsSync(link)) continue;
    await mkdir(join(link, '..'), { recursive: true });
    await symlink(join('/', relative), link);
  }
}

/** Deletes what killed runs left, as far as possible: their children may still be writing for some seconds. */
async function removeIncomplete(): Promise<void> {
  for (const name of readdirSync(cacheFolder())) {
    if (!name.startsWith(incompletePrefix)) continue;
    await rm(join(cacheFolder(), name), { recursive: true, force: true }).catch(() => undefined);
  }
}

async function fetchInto(temporary: string): Promise<void> {
  const archive = join(temporary, 'archive');
  const unpacked = join(temporary, 'unpacked');
  await mkdir(archive);
  await mkdir(unpacked);
  const file = await withProgress('Download Odoo 19 (about 125 MB)', () => download(archive));
  await withProgress('Unpack Odoo 19 (about 1.2 GB)', () =>
    run({ command: 'dpkg-deb', arguments: ['--extract', file, unpacked] }),
  );
  await linkHostFolders(unpacked);
  const version = await run({ command: 'dpkg-deb', arguments: ['--field', file, 'Version'] });
  await writeFile(join(unpacked, 'version'), version.trim());
  await rename(unpacked, odooFolder());
}

async function fetchAndUnpack(): Promise<void> {
  // A new name each time keeps apart what a killed run's children may still write.
  const temporary = await mkdtemp(join(cacheFolder(), incompletePrefix));
  try {
    await fetchInto(temporary);
  } finally {
    await removeIncomplete();
  }
}

/** Brings Odoo into the cache folder when it is not there. To be called under the lock "installation". */
export async function ensureOdooPackage(): Promise<void> {
  if (existsSync(versionFile())) return;
  // A folder without version was not made by this code, or an older one.
  await rm(odooFolder(), { recursive: true, force: true });
  try {
    await fetchAndUnpack();
  } catch (error) {
    if (error instanceof OdooUnavailable) throw error;
    throw new OdooUnavailable(
      `Odoo 19 could not be downloaded from the Debian archive: ${error instanceof Error ? error.message : error}`,
      'Check that the address of the apt sources of this machine is reachable.',
      { cause: error },
    );
  }
}
