import type { OpenDatabase } from './database.ts';
import { readExceptions, type ShownException } from './flow-report.ts';
import { readStreams, type StreamReport } from './poll.ts';
import { type OpenProblem, type Refusal, readProblemsForPeople, readRefusals } from './problem.ts';
import { type Proposal, readOpenProposals } from './proposal.ts';
import { recordTable, type SystemObject } from './record.ts';
import { shownName } from './shown-name.ts';

/** Everything that needs a person, from wherever it comes; each list the oldest first. */
export interface NeedsPerson {
  /** Streams that cannot be read. */
  readonly failing: readonly StreamReport[];
  readonly refusals: readonly Refusal[];
  /** What needs a person for a process to go on, one root cause each. */
  readonly exceptions: readonly ShownException[];
  /** What is not brought without help, one for each object and target. */
  readonly problems: readonly OpenProblem[];
  /** What may be the same, for a person to decide. */
  readonly proposals: readonly Proposal[];
  /** How many there are of the lists that may be cut off. */
  readonly counts: { readonly exceptions: number; readonly problems: number; readonly proposals: number };
}

/**
 * What a person has to see to at one moment; nothing is told twice. Reads only.
 *
 * @param limit the most exceptions, problems and proposals each
 */
export async function readNeedsPerson(
  database: OpenDatabase,
  { now, limit }: { readonly now: number; readonly limit: number },
): Promise<NeedsPerson> {
  const streams = await readStreams(database);
  const { problems, count } = await readProblemsForPeople(database, now, limit);
  const records = recordTable(database);
  return {
    failing: streams.filter(({ failing }) => failing !== null),
    refusals: await readRefusals(database),
    exceptions: await readExceptions(database, limit),
    problems: problems.map((problem) => {
      const { source, entity, sourceId } = problem;
      const object = { system: source, entity, id: sourceId } as SystemObject;
      const name = shownName(records.get(object)?.state, object.entity);
      return { ...problem, ...(name === undefined ? {} : { name }) };
    }),
    proposals: await readOpenProposals(database, limit),
    counts: {
      exceptions: await countOpen(database, 'exception'),
      problems: count,
      proposals: await countOpen(database, 'proposal'),
    },
  };
}

async function countOpen({ kysely }: OpenDatabase, table: 'exception' | 'proposal'): Promise<number> {
  const { count } = await kysely
    .selectFrom(table)
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .$if(table === 'exception', (query) => query.where('closed_at', 'is', null))
    .$if(table === 'proposal', (query) => query.where('state', '=', 'open'))
    .executeTakeFirstOrThrow();
  return count;
}
