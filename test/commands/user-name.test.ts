import { afterEach, expect, test, vi } from 'vitest';
import { runProgram } from '../../bridge/program.ts';
import { openStore } from '../../bridge/store/store.ts';
import { temporaryPath } from '../store/temporary.ts';

// Containers run with numbers that no user of theirs has; nobody can be made such a user without being root.
vi.mock('node:os', async (original) => ({
  ...(await original<typeof import('node:os')>()),
  userInfo: () => {
    throw Object.assign(new Error('A system error occurred: uv_os_get_passwd returned ENOENT'), {
      code: 'ERR_SYSTEM_ERROR',
    });
  },
}));

afterEach(() => {
  process.exitCode = 0;
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

test.each([
  ['matches', 'accept', 'x'],
  ['matches', 'reject', 'x'],
  ['reconcile', 'customers'],
])('%s %s asks who decides, where the user has no name', async (...command) => {
  const path = temporaryPath();
  await (await openStore(path)).close();
  vi.stubEnv('DATABASE_PATH', path);
  const said = vi.spyOn(console, 'error').mockImplementation(() => {});
  await runProgram(['node', 'bridge', ...command]);
  expect(said.mock.calls).toEqual([['This user has no name on this machine: say who decides with --by.']]);
  expect(process.exitCode).toBe(1);
});

test('whoever is named needs no name on this machine', async () => {
  const path = temporaryPath();
  await (await openStore(path)).close();
  vi.stubEnv('DATABASE_PATH', path);
  vi.stubEnv('RULES_DIRECTORY', 'sync-rules');
  const said = vi.spyOn(console, 'error').mockImplementation(() => {});
  await runProgram(['node', 'bridge', 'matches', 'accept', 'x', '--by', 'ann']);
  expect(said.mock.calls).toEqual([['There is no proposal x.']]);
});
