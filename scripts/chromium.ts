import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { debianRelease, installPackages } from './odoo/debian-packages.ts';
import { withLock } from './odoo/exclusive-lock.ts';
import { OdooUnavailable } from './odoo/unavailable.ts';

/** What distributions and vendors call it, the freest first. */
const programs = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** No Chromium can be had on this machine. The message says why, and what to do about it. */
export class ChromiumUnavailable extends Error {
  override readonly name = 'ChromiumUnavailable';

  constructor(reason: string, remedy: string, options?: { cause?: unknown }) {
    super(`The tests of pages need a Chromium, and there is none: ${reason}\n${remedy}`, options);
  }
}

/**
 * The first program on the path that is a Chromium.
 *
 * @param path folders, separated as in the variable PATH
 */
export function findChromium(path: string): string | undefined {
  const folders = path.split(delimiter).filter((folder) => folder !== '');
  return programs.flatMap((name) => folders.map((folder) => join(folder, name))).find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Where programs are, also for whoever was started with a short PATH. */
const searchPath = () => [process.env.PATH ?? '', '/usr/bin', '/usr/local/bin', '/snap/bin'].join(delimiter);

async function installChromium(): Promise<string> {
  if (debianRelease() === undefined) {
    throw new ChromiumUnavailable(
      `none of ${programs.join(', ')} is on the path, and this machine is no Debian`,
      'Install Chromium or Google Chrome, so that one of these programs is on the path.',
    );
  }
  try {
    await installPackages(['chromium']);
  } catch (error) {
    if (!(error instanceof OdooUnavailable)) throw error;
    throw new ChromiumUnavailable(error.reason, error.remedy, { cause: error });
  }
  const installed = findChromium(searchPath());
  if (installed !== undefined) return installed;
  throw new ChromiumUnavailable(
    'Debian’s package "chromium" is installed, but its program is not to be found',
    'Install it anew: apt-get install --reinstall chromium',
  );
}

/**
 * The path of a Chromium: the one of this machine, or Debian's, which is installed when there is none.
 *
 * @throws ChromiumUnavailable when it cannot be had
 */
export async function ensureChromium(): Promise<string> {
  const found = findChromium(searchPath());
  // Two tests that start together install it once.
  return found ?? withLock('installation', async () => findChromium(searchPath()) ?? installChromium());
}
