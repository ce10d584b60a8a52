import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../root.ts';

const { engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

/** The oldest Node that runs the bridge: its first number. */
export const requiredNode = Number(/\d+/.exec(engines.node)?.[0]);

/** Stands before everything else in the bundle, so that an older Node says what is needed before it meets what it does not know. */
export const nodeGuard = `if (Number(process.versions.node.split('.')[0]) < ${requiredNode}) {
  console.error('The bridge needs Node ${requiredNode} or newer, and this is Node ' + process.versions.node + '. Get it from https://nodejs.org/en/download, or use the image of the bridge; in a checkout, "npm run bridge -- <command>" gets it by itself.');
  process.exit(1);
}`;
