import { userInfo } from 'node:os';

/**
 * Who decides: whoever `--by` names, else the user of this machine.
 *
 * @throws Error with a plain sentence for a name that is empty, and for a user who has a number alone, as in containers
 */
export function readBy(by: string | undefined): string {
  if (by?.trim() === '') throw new Error('--by names nobody: say who decides, or leave it out.');
  if (by !== undefined) return by;
  try {
    return userInfo().username;
  } catch (error) {
    throw new Error('This user has no name on this machine: say who decides with --by.', { cause: error });
  }
}
