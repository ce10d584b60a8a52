import { join } from 'node:path';
import { root } from '../root.ts';

/** What the image runs. */
export const distribution = join(root, 'dist');

export const bundleName = 'bridge.mjs';
