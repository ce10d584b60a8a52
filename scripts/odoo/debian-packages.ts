import { existsSync, readFileSync } from 'node:fs';
import { withProgress } from '../progress.ts';
import { CommandFailed, run, succeeds } from './run-command.ts';
import { OdooUnavailable } from './unavailable.ts';

/**
 * What Odoo 19 imports, the files of the web client that Debian keeps in packages of their own, and PostgreSQL. The
 * names are those of Debian 12; the versions there are the ones that Odoo 19 asks for.
 */
const requiredPackages = [
  ...[
    'asn1crypto',
    'babel',
    'cbor2',
    'chardet',
    'cryptography',
    'dateutil',
    'docutils',
    'freezegun',
    'geoip2',
  ],
  ...[
    'gevent',
    'greenlet',
    'idna',
    'jinja2',
    'libsass',
    'lxml',
    'magic',
    'markupsafe',
    'num2words',
    'ofxparse',
  ],
  ...['openpyxl', 'openssl', 'passlib', 'pil', 'polib', 'psutil', 'psycopg2', 'pypdf', 'qrcode', 'reportlab'],
  ...['requests', 'rjsmin', 'serial', 'stdnum', 'tz', 'urllib3', 'usb', 'vobject', 'werkzeug', 'xlrd'],
  ...['xlsxwriter', 'xlwt', 'zeep'],
].map((name) => `python3-${name}`);
const webClientPackages = [
  'libjs-jquery',
  'libjs-jquery-form',
  'libjs-underscore',
  'fonts-font-awesome',
  'fonts-roboto-unhinted',
];
/** From Debian 13 on, lxml's HTML cleaner is a package of its own. */
const laterPackages = ['python3-lxml-html-clean'];

/** The Debian release of this machine (12, 13, …), or undefined on anything else. */
export function debianRelease(osRelease?: string): number | undefined {
  if (osRelease === undefined && !existsSync('/etc/os-release')) return undefined;
  const text = osRelease ?? readFileSync('/etc/os-release', 'utf8');
  const value = (key: string) => new RegExp(`^${key}="?([^"\n]*)"?$`, 'm').exec(text)?.[1];
  if (value('ID') !== 'debian') return undefined;
  // Debian testing and unstable have no number.
  return Number(value('VERSION_ID') ?? Number.POSITIVE_INFINITY);
}

/** The command that runs a program as root: nothing when we are root, `sudo` when it asks for no password. */
async function rootPrefix(): Promise<string[] | undefined> {
  if (process.getuid?.() === 0) return [];
  return (await succeeds('sudo', '--non-interactive', 'true')) ? ['sudo', '--non-interactive'] : undefined;
}

/** Names among `wanted` that no installed package has or provides, from dpkg's own list. */
export function missingPackages(wanted: readonly string[], dpkgList: string): string[] {
  const present = new Set<string>();
  for (const line of dpkgList.split('\n')) {
    const [name = '', status = '', provides = ''] = line.split('|');
    if (status !== 'installed') continue;
    present.add(name);
    for (const provided of provides.split(',')) present.add(provided.trim().split(' ')[0] ?? '');
  }
  return wanted.filter((name) => !present.has(name));
}

async function listMissing(release: number): Promise<string[]> {
  const dpkgList = await run({
    command: 'dpkg-query',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the placeholders are dpkg's own
    arguments: ['--show', '--showformat', '${Package}|${db:Status-Status}|${Provides}\n'],
  });
  const wanted = [
    ...requiredPackages,
    ...(release >= 13 ? laterPackages : []),
    ...webClientPackages,
    'postgresql',
  ];
  return missingPackages(wanted, dpkgList);
}

async function aptGet(prefix: readonly string[], ...aptArguments: string[]): Promise<void> {
  const [command = '', ...rest] = [
    ...prefix,
    'env',
    'DEBIAN_FRONTEND=noninteractive',
    'apt-get',
    '--quiet',
    // Another apt, perhaps left over from a killed run, gets the time to end.
    '--option=DPkg::Lock::Timeout=300',
    ...aptArguments,
  ];
  await run({ command, arguments: rest });
}

async function install(prefix: readonly string[], packages: readonly string[]): Promise<void> {
  const installArguments = ['install', '--yes', '--no-install-recommends', ...packages];
  try {
    // A broken foreign source makes `update` fail although Debian's own lists are fresh: let `install` decide.
    await aptGet(prefix, 'update').catch(() => undefined);
    await aptGet(prefix, ...installArguments);
  } catch (error) {
    if (!(error instanceof CommandFailed) || !error.output.includes('dpkg --configure -a')) throw error;
    // A previous installation was killed half-way.
    const [command = '', ...rest] = [...prefix, 'dpkg', '--configure', '-a'];
    await run({ command, arguments: rest });
    await aptGet(prefix, ...installArguments);
  }
}

/** Installs packages from the machine's own release. */
export async function installPackages(packages: readonly string[]): Promise<void> {
  const prefix = await rootPrefix();
  if (prefix === undefined) {
    throw new OdooUnavailable(
      `these Debian packages are missing, and installing them needs root: ${packages.join(' ')}`,
      `Install them as root: apt-get install --no-install-recommends ${packages.join(' ')}`,
    );
  }
  try {
    await withProgress(`Install missing Debian packages (${packages.length})`, () =>
      install(prefix, packages),
    );
  } catch (error) {
    throw new OdooUnavailable(
      `apt-get could not install ${packages.join(' ')}: ${error instanceof Error ? error.message : error}`,
      "Check that the machine's apt sources are reachable (apt-get update).",
      { cause: error },
    );
  }
}

/** Installs what Odoo needs and this machine does not have. */
export async function ensurePackages(release: number): Promise<void> {
  const missing = await listMissing(release);
  if (missing.length > 0) await installPackages(missing);
}
