import { addonCheck } from './addon.ts';
import type { Check } from './check.ts';
import { pythonCheck } from './python.ts';
import { sqlCheck } from './sql.ts';
import { toolCheck } from './tool.ts';

/** Everything that `npm run check` looks at; the slowest first. */
export const checks: readonly Check[] = [
  toolCheck('types (tsc)', '@typescript/native', 'tsc', '--noEmit', '--pretty', 'false'),
  toolCheck('dead code (knip)', 'knip', 'knip', '--no-progress'),
  toolCheck(
    'import direction',
    'dependency-cruiser',
    'depcruise',
    '--config',
    '.dependency-cruiser.mjs',
    'bridge',
    'scripts',
    'test',
  ),
  toolCheck(
    'lint and format (biome)',
    '@biomejs/biome',
    'biome',
    'check',
    '--error-on-warnings',
    '--max-diagnostics=200',
    '.',
  ),
  sqlCheck,
  pythonCheck,
  addonCheck,
];
