import type { RuleSet } from '../rules/rule.ts';
import { readDatabasePath } from '../settings.ts';
import { openDatabaseForReading } from '../store/database.ts';
import type { OpenProblem } from '../store/problem.ts';
import { readStatus, type Status } from '../store/status.ts';
import { age } from './age.ts';
import { concernLines, concernsOf } from './concern.ts';
import { rulesIfAny } from './owner.ts';
import { counted, oneLine } from './words.ts';

/** Prints where everything stands; 0 when nothing needs a person. */
export async function status(options: { json: boolean }): Promise<number> {
  const now = Date.now();
  const database = openDatabaseForReading(readDatabasePath(process.env));
  const summary = await readStatus(database, now);
  await database.kysely.destroy();
  const rules = rulesIfAny();
  console.log(options.json ? JSON.stringify(summary, null, 2) : statusText(summary, rules, now));
  return concernsOf(summary, rules).length > 0 ? 1 : 0;
}

/** The summary for people. */
function statusText(summary: Status, rules: RuleSet | undefined, now: number): string {
  const lines: string[] = ['Coming in'];
  if (summary.events.length === 0) lines.push('  every event that came in is worked off');
  for (const { system, open, oldestAt } of summary.events) {
    lines.push(
      `  ${system}: ${counted(open, 'event', 'events')} to work off, the oldest since ${age(oldestAt, now)}`,
    );
  }
  for (const { system, count } of summary.unreadable) {
    lines.push(`  ${system}: ${counted(count, 'event', 'events')} whose object could not be read`);
  }
  lines.push(...streamLines(summary.streams, rules, now), 'Going out');
  for (const { target, count, lastAt } of summary.delivered) {
    lines.push(`  ${target}: ${count} delivered, the last ${age(lastAt, now)} ago`);
  }
  for (const { target, state, count, oldestAt } of summary.queues) {
    lines.push(`  ${target}: ${count} ${wordFor[state]}, the oldest since ${age(oldestAt, now)}`);
  }
  const concerns = concernsOf(summary, rules);
  const others = summary.problems.filter(({ needsPerson }) => !needsPerson);
  const { counts, exceptions, proposals } = summary;
  const shown = exceptions.length + proposals.length + summary.problems.length - others.length;
  const more = counts.exceptions + counts.proposals + counts.problems - shown;
  if (concerns.length > 0)
    lines.push(
      'Needs a person',
      ...concerns.flatMap((concern) => concernLines(concern, now).map((line) => `  ${line}`)),
      ...(more > 0 ? [`  ${more} more: bridge exceptions`] : []),
    );
  if (others.length > 0)
    lines.push('Goes on by itself', ...others.flatMap((problem) => problemLines(problem, now)));
  return lines.join('\n');
}

/** Of every stream that the rules name, or that was ever polled where they cannot be read: when it was read last. */
function streamLines(streams: Status['streams'], rules: RuleSet | undefined, now: number): string[] {
  const named =
    rules?.systems.flatMap(({ name, poll }) =>
      Object.keys(poll).map((stream) => ({ system: name, stream })),
    ) ?? streams;
  return named.map(({ system, stream }) => {
    const { readAt = null, failing = null } =
      streams.find((one) => one.system === system && one.stream === stream) ?? {};
    const read = readAt === null ? 'not read yet' : `read ${age(readAt, now)} ago`;
    const fails = failing === null ? '' : `, fails since ${age(failing.since, now)}`;
    return `  ${system}, stream ${stream}: ${read}${fails}`;
  });
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
