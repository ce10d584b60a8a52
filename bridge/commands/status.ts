import { readDatabasePath } from '../settings.ts';
import { openDatabaseForReading } from '../store/database.ts';
import type { Proposal } from '../store/proposal.ts';
import { type OpenProblem, readStatus, type Status } from '../store/status.ts';
import { age } from './age.ts';
import { exceptionLines } from './exceptions.ts';
import { counted, oneLine } from './words.ts';

/** Prints where everything stands; 0 when nothing needs a person. */
export async function status(options: { json: boolean }): Promise<number> {
  const database = openDatabaseForReading(readDatabasePath(process.env));
  const summary = await readStatus(database);
  await database.kysely.destroy();
  console.log(options.json ? JSON.stringify(summary, null, 2) : statusText(summary, Date.now()));
  return summary.exceptionCount > 0 || summary.problems.some((problem) => problem.needsPerson) ? 1 : 0;
}

/** The summary for people. */
function statusText(summary: Status, now: number): string {
  const lines: string[] = ['Coming in'];
  if (summary.events.length === 0) lines.push('  every event is worked off');
  for (const { system, open, oldestAt } of summary.events) {
    lines.push(
      `  ${system}: ${counted(open, 'event', 'events')} to work off, the oldest since ${age(oldestAt, now)}`,
    );
  }
  for (const { system, count } of summary.unreadable) {
    lines.push(`  ${system}: ${counted(count, 'event', 'events')} whose object could not be read`);
  }
  for (const { system, stream, movedAt } of summary.cursors) {
    lines.push(`  ${system}, stream ${stream}: read ${age(movedAt, now)} ago`);
  }
  lines.push('Going out');
  for (const { target, count, lastAt } of summary.delivered) {
    lines.push(`  ${target}: ${count} delivered, the last ${age(lastAt, now)} ago`);
  }
  for (const { target, state, count, oldestAt } of summary.queues) {
    lines.push(`  ${target}: ${count} ${wordFor[state]}, the oldest since ${age(oldestAt, now)}`);
  }
  const proposed = new Set(
    summary.proposals.flatMap(({ entity, source, sourceId, target, targetId }) => [
      `${source} ${entity} ${sourceId} ${target}`,
      `${target} ${entity} ${targetId} ${source}`,
    ]),
  );
  // What waits for a decision is shown as what has to be decided.
  const isShown = ({ source, entity, sourceId, target, error }: OpenProblem) =>
    error !== 'proposed' || !proposed.has(`${source} ${entity} ${sourceId} ${target}`);
  const forPeople = summary.problems.filter((problem) => problem.needsPerson && isShown(problem));
  const others = summary.problems.filter((problem) => !problem.needsPerson);
  const { exceptions, exceptionCount } = summary;
  if (exceptionCount + forPeople.length + summary.proposals.length > 0)
    lines.push(
      'Needs a person',
      ...exceptions.flatMap((exception) => exceptionLines(exception, now).map((line) => `  ${line}`)),
      ...(exceptionCount > exceptions.length
        ? [`  ${exceptionCount - exceptions.length} more: bridge exceptions`]
        : []),
      ...forPeople.flatMap((problem) => problemLines(problem, now)),
      ...summary.proposals.flatMap((proposal) => proposalLines(proposal, now)),
    );
  if (others.length > 0)
    lines.push('Goes on by itself', ...others.flatMap((problem) => problemLines(problem, now)));
  return lines.join('\n');
}

const wordFor = {
  pending: 'to do',
  leased: 'under way',
  waiting: 'waiting',
  dead: 'dead',
  shadowed: 'only recorded, because of shadow',
  done: 'done',
  superseded: 'superseded',
} as const;

const problemLines = (problem: OpenProblem, now: number): string[] => [
  `  ${problem.entity} ${problem.sourceId} of ${problem.source} to ${problem.target}, since ${age(problem.since, now)}, ${counted(problem.tries, 'try', 'tries')}`,
  `    ${oneLine(problem.cause ?? problem.error ?? '')}`,
  `    bridge trace ${problem.source}:${problem.entity}:${problem.sourceId}`,
];

const proposalLines = (
  { id, entity, source, sourceId, target, targetId, score, proposedAt }: Proposal,
  now: number,
) => [
  `  ${entity} ${sourceId} of ${source} may be ${entity} ${targetId} of ${target} (${score.toFixed(2)}), since ${age(proposedAt, now)}`,
  `    bridge matches shows why; bridge matches accept ${id}, or reject`,
];
