import type { ClusterAddress, Installation } from './installation.ts';
import { CommandFailed, run } from './run-command.ts';

/** A cluster and the way to it. */
export interface Connection {
  readonly installation: Installation;
  readonly address: ClusterAddress;
}

/** A value as an SQL literal without a type, so that PostgreSQL infers it from where it stands. */
export function sqlLiteral(value: unknown): string {
  if (value === null || value === undefined) return 'NULL';
  let text: string;
  if (value instanceof Date) text = value.toISOString();
  else if (Array.isArray(value)) text = `{${value.map(arrayElement).join(',')}}`;
  else if (typeof value === 'object') text = JSON.stringify(value);
  else text = String(value);
  return `'${text.replaceAll("'", "''")}'`;
}

function arrayElement(value: unknown): string {
  if (value === null || value === undefined) return 'NULL';
  return `"${String(value).replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}

/** Whether a statement gives rows that can be wrapped in a common table expression. */
function returnsRows(statement: string): boolean {
  return /^\s*(select|with|values|table)\b/i.test(statement) || /\breturning\b/i.test(statement);
}

/** What psql is told, so that it prints one JSON array (or nothing for a statement without rows). */
export function psqlScript(statement: string, parameters: readonly unknown[]): string {
  const plain = statement.trim().replace(/;$/, '');
  const wrapped = returnsRows(plain)
    ? `WITH result AS (${plain}\n) SELECT coalesce(json_agg(row_to_json(result)), '[]') FROM result`
    : plain;
  if (parameters.length === 0) return `${wrapped};\n`;
  return `PREPARE statement AS ${wrapped};\nEXECUTE statement(${parameters.map(sqlLiteral).join(', ')});\n`;
}

/**
 * Runs one statement, or several without parameters and rows, and commits.
 *
 * @param parameters values for `$1`, `$2`, …: strings, numbers, booleans, null, dates, arrays of those, JSON objects
 * @returns rows as PostgreSQL's JSON gives them: `numeric` columns are numbers (cast money to `text`), timestamps strings
 */
export async function runSql(
  connection: Connection,
  databaseName: string,
  statement: string,
  parameters: readonly unknown[] = [],
): Promise<Record<string, unknown>[]> {
  const options = ['--no-psqlrc', '--quiet', '--no-align', '--tuples-only', '--set', 'ON_ERROR_STOP=1'];
  const psql = connection.installation.psqlCommand(
    [...options, '--dbname', databaseName, '--file', '-'],
    connection.address,
  );
  try {
    const output = await run(psql, { input: psqlScript(statement, parameters) });
    return returnsRows(statement) ? JSON.parse(output) : [];
  } catch (error) {
    if (!(error instanceof CommandFailed)) throw error;
    throw new Error(
      `PostgreSQL refused a statement on ${databaseName}: ${error.output.trim()}\n${statement.trim()}`,
      {
        cause: error,
      },
    );
  }
}
