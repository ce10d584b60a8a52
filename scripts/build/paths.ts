import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));

/** What the image runs. */
export const distribution = join(root, 'dist');

export const bundleName = 'bridge.mjs';
