import { userInfo } from 'node:os';

/**
 * Who decides where nobody is named: the user of this machine.
 *
 * @throws Error with a plain sentence for a user who has a number alone, as in containers
 */
export function userName(): string {
  try {
    return userInfo().username;
  } catch (error) {
    throw new Error('This user has no name on this machine: say who decides with --by.', { cause: error });
  }
}
