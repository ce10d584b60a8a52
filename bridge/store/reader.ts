import type { Connection } from './database.ts';

/**
 * Many small reads as one: outside of a transaction SQLite takes and gives back its locks for every statement, which
 * costs several times what a look-up itself does. All of them see the same state.
 */
export function createReader(connection: Connection) {
  const begin = connection.prepare('begin');
  const commit = connection.prepare('commit');

  return function read<Result>(operation: () => Result): Result {
    begin.run();
    try {
      return operation();
    } finally {
      commit.run();
    }
  };
}
