import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../root.ts';
import { bundleBridge } from './bundle.ts';
import { bundleName, distribution } from './paths.ts';

/** What the bundle is made of, from the root of the repository. */
const sources = ['bridge', 'scripts/build', 'package.json', 'node_modules/.package-lock.json'];

let building: Promise<string> | undefined;

/** The file that runs the bridge; made anew when something has changed since it was made. */
export function builtBridge(): Promise<string> {
  building ??= buildWhereStale();
  return building;
}

async function buildWhereStale(): Promise<string> {
  const bundle = join(distribution, bundleName);
  const madeAt = statSync(bundle, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  if (sources.some((source) => newestIn(join(root, source)) > madeAt)) await bundleBridge();
  return bundle;
}

/** When a file, or anything in a folder, was changed last: milliseconds since 1970. */
function newestIn(path: string): number {
  const status = statSync(path);
  if (!status.isDirectory()) return status.mtimeMs;
  return Math.max(status.mtimeMs, ...readdirSync(path).map((name) => newestIn(join(path, name))));
}
