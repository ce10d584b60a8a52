import { checkRules } from '../connectors.ts';
import type { Flow, FlowStep } from '../rules/flow.ts';
import { readDatabasePath, readRulesDirectory } from '../settings.ts';
import { type OpenDatabase, openDatabaseForReading } from '../store/database.ts';
import type { StepProgress, StoredInstance } from '../store/flow-instance.ts';
import {
  type CallReport,
  countFlows,
  type FlowCount,
  type InstanceReport,
  readInstances,
  readStuck,
} from '../store/flow-report.ts';
import { age } from './age.ts';
import { concernLines, concernOfException } from './concern.ts';
import { counted, oneLine } from './words.ts';

const doneWithinDays = 30;
const dayMs = 24 * 60 * 60_000;
const mostStuck = 1000;

/** Prints how every flow stands, or the instances that are stuck; 1 when something is. */
export async function flows(options: { json: boolean; stuck: boolean }): Promise<number> {
  return read(async (database) => {
    const now = Date.now();
    if (options.stuck) {
      const stuck = await readStuck(database, mostStuck);
      print(options.json, stuck, () => stuckText(stuck, now));
      return stuck.length > 0 ? 1 : 0;
    }
    const counts = countFlows(database, new Date(now - doneWithinDays * dayMs).toISOString());
    const known = flowsOfRules();
    const all = [
      ...(known ?? []).map(({ id }) => counts.find(({ flow }) => flow === id) ?? nothingOf(id)),
      ...counts.filter(({ flow }) => known?.some(({ id }) => id === flow) !== true),
    ];
    print(options.json, all, () => flowsText(all, known, now));
    return all.some(({ stuck }) => stuck > 0) ? 1 : 0;
  });
}

/** Prints all rounds of all flows of an object, or one instance; 1 when there is none. */
export async function flow(id: string, options: { json: boolean }): Promise<number> {
  return read(async (database) => {
    const reports = await readInstances(database, id);
    if (reports.length === 0 && !options.json) {
      console.error(
        `No flow is about "${id}". Name the object that one is about, like harvest:timesheet:42, or the number of an instance.`,
      );
      return 1;
    }
    const known = flowsOfRules();
    const now = Date.now();
    print(options.json, reports, () =>
      reports
        .map((report) =>
          timeline(
            report,
            known?.find((one) => one.id === report.instance.flow),
            now,
          ).join('\n'),
        )
        .join('\n\n'),
    );
    return reports.length === 0 ? 1 : 0;
  });
}

async function read(work: (database: OpenDatabase) => Promise<number>): Promise<number> {
  const database = openDatabaseForReading(readDatabasePath(process.env));
  try {
    return await work(database);
  } finally {
    await database.kysely.destroy();
  }
}

function print(json: boolean, value: unknown, text: () => string): void {
  console.log(json ? JSON.stringify(value, null, 2) : text());
}

/** Rules that cannot be read are no reason to show nothing: `bridge check` says what is wrong with them. */
function flowsOfRules(): readonly Flow[] | undefined {
  try {
    return checkRules(readRulesDirectory(process.env)).flows;
  } catch {
    return undefined;
  }
}

const nothingOf = (flow: string): FlowCount => ({
  flow,
  running: 0,
  stuck: 0,
  late: 0,
  done: 0,
  oldestAt: undefined,
});

function flowsText(counts: readonly FlowCount[], known: readonly Flow[] | undefined, now: number): string {
  if (counts.length === 0) return 'There are no flows: nothing in the rules has "flow" at the top.';
  const heads = ['flow', 'running', 'stuck', 'late', 'done', 'oldest'];
  const rows = counts.map(({ flow, running, stuck, late, done, oldestAt }) => [
    flow,
    `${running}`,
    `${stuck}`,
    `${late}`,
    `${done}`,
    oldestAt === undefined ? '-' : age(oldestAt, now),
    known === undefined ? '' : (known.find(({ id }) => id === flow)?.title ?? '(not in the rules any more)'),
  ]);
  const widths = heads.map((head, column) =>
    Math.max(head.length, ...rows.map((row) => (row[column] as string).length)),
  );
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[0] as number) : cell.padStart(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd();
  return [line(heads), ...rows.map(line), `Done: in the last ${doneWithinDays} days.`].join('\n');
}

const nameOf = ({ subject: { system, entity, id } }: StoredInstance): string => `${system}:${entity}:${id}`;

function stuckText(stuck: readonly StoredInstance[], now: number): string {
  if (stuck.length === 0) return 'Nothing is stuck.';
  const lines = stuck.flatMap((instance) => {
    const step = instance.steps.find(({ state }) => state === 'stuck');
    const since = step?.stuckSince ?? instance.startedAt;
    return [
      `${instance.flow}, step ${step?.id ?? '?'}: ${nameOf(instance)}, since ${age(since, now)}${instance.late ? ', late' : ''}`,
      `  ${oneLine(instance.waitsFor ?? '')}`,
      `  bridge flow ${instance.seq}`,
    ];
  });
  if (stuck.length === mostStuck)
    lines.push(
      `These are the oldest ${mostStuck}; bridge flows counts all, bridge exceptions shows their causes.`,
    );
  return lines.join('\n');
}

function timeline(
  { instance, calls, exception }: InstanceReport,
  flow: Flow | undefined,
  now: number,
): string[] {
  const round = instance.round === 1 ? '' : `, round ${instance.round}`;
  const ended = instance.endedAt === undefined ? '' : ` ${age(instance.endedAt, now)} ago`;
  const lines = [
    `${instance.flow}${flow === undefined ? '' : ` – ${flow.title}`}`,
    `  ${nameOf(instance)}${round}: ${instance.state}${ended}${instance.reason === undefined ? '' : ` – ${instance.reason}`} (instance ${instance.seq})`,
    `  ${instance.startedAt}  began`,
  ];
  for (const step of instance.steps)
    lines.push(
      ...stepLines(
        step,
        flow?.steps.find(({ id }) => id === step.id),
        instance,
      ),
      ...calls.filter((call) => call.step === step.id).map(callLine),
    );
  for (const step of flow?.steps ?? [])
    if (instance.state === 'running' && !instance.steps.some(({ id }) => id === step.id))
      lines.push(`  ${' '.repeat(timeWidth)}  ${step.id}: its turn has not come (${step.owner})`);
  if (exception !== undefined)
    lines.push(
      '  Needs a person',
      ...concernLines(concernOfException(exception), now).map((line) => `    ${line}`),
    );
  return lines;
}

const timeWidth = '2026-01-01T00:00:00.000Z'.length;

function stepLines(step: StepProgress, known: FlowStep | undefined, instance: StoredInstance): string[] {
  const owner = known === undefined ? '' : ` (${known.owner})`;
  if (step.state === 'done') return [`  ${step.at ?? ''}  ${step.id}: done${owner}`];
  if (step.state === 'skipped') return [`  ${step.at ?? ''}  ${step.id}: left out`];
  if (instance.state !== 'running') return [`  ${step.since}  ${step.id}: not done when it ended${owner}`];
  const since = step.state === 'stuck' ? `stuck since ${step.stuckSince ?? step.since}` : 'waits';
  const until = dueText(step, known, instance);
  return [
    `  ${step.since}  ${step.id}: ${since}${until}${owner}`,
    `  ${' '.repeat(timeWidth)}    ${oneLine(instance.waitsFor ?? '')}`,
  ];
}

/** Until when it waits; a step may be looked at earlier than it is late. */
function dueText(step: StepProgress, known: FlowStep | undefined, instance: StoredInstance): string {
  if (instance.late) return ', late';
  if (known?.within === undefined) return '';
  if (known.after !== undefined) return `, late after ${known.after.object}.${known.after.field}`;
  return `, late after ${new Date(Date.parse(step.since) + known.within).toISOString()}`;
}

const callLine = ({ action, object, state, tries, made, cause }: CallReport): string =>
  `  ${' '.repeat(timeWidth)}    ${action} with ${object}: ${state ?? 'done'}${tries === null ? '' : `, ${counted(tries, 'try', 'tries')}`}${made === null ? '' : `, made ${made}`}${cause === null ? '' : ` – ${oneLine(cause)}`}`;
