import { availableParallelism, loadavg } from 'node:os';
import { withProgress } from '../progress.ts';
import { actions } from './odoo-actions.ts';
import { measureHttp } from './odoo-http.ts';
import { type Receiver, startReceiver } from './odoo-receivers.ts';
import { reportCells, reportHttp } from './odoo-report.ts';
import { type Act, type Cell, createActor, measureRounds, type Tally } from './odoo-rounds.ts';
import { countOutbox, type Subject, startSubject, type Variant, waitUntilSent } from './odoo-subject.ts';

const rounds = 3;
const warmUpActions = 12;
/** Actions of one round where nothing waits for a receiver. */
const measured = 32;
const measuredWithRule = 20;

interface Receivers {
  readonly atOnce: Receiver;
  readonly late: Receiver;
  readonly silent: Receiver;
}

interface Subjects {
  readonly plain: Subject;
  readonly addon: Subject;
  readonly rule: Subject;
}

/**
 * What a user's action costs in Odoo when it is listened to: `create` and `write` of a customer and of a timesheet,
 * plain, with the addon, and with an automation rule that sends Odoo's own webhook; each while the receiver answers at
 * once, late, or never.
 *
 * @throws Error when a row of the addon's outbox is missing or was not sent: then its numbers would mean nothing
 */
export async function measureOdooOverhead(print: (line: string) => void): Promise<void> {
  const receivers = {
    atOnce: await startReceiver('at once', 0),
    late: await startReceiver('after 200 ms', 200),
    silent: await startReceiver('never', Number.POSITIVE_INFINITY),
  };
  const started: Subject[] = [];
  const start = async (variant: Variant) => {
    const subject = await startSubject(variant, receivers.silent);
    started.push(subject);
    return subject;
  };
  try {
    const [load = 0] = loadavg();
    const [plain, addon, rule] = await withProgress('Prepare three databases of Odoo', () =>
      allOrError([start('plain'), start('addon'), start('rule')]),
    );
    const subjects = { plain, addon, rule };
    if (load > 1) {
      print(`This machine was busy before: a load of ${load.toFixed(1)} on ${availableParallelism()} cores.`);
    }
    await measureAll(subjects, receivers, print);
  } finally {
    await Promise.all(started.map((subject) => subject.end()));
    await Promise.all(Object.values(receivers).map((receiver) => receiver.close()));
  }
}

/** As `Promise.all`, but only when nothing goes on any more: what was started can be ended then. */
async function allOrError<Result>(
  work: readonly [Promise<Result>, Promise<Result>, Promise<Result>],
): Promise<[Result, Result, Result]> {
  await Promise.allSettled(work);
  return Promise.all(work);
}

async function measureAll(
  subjects: Subjects,
  receivers: Receivers,
  print: (line: string) => void,
): Promise<void> {
  const { addon } = subjects;
  const outboxBefore = await countOutbox(addon);
  const done = new Map<string, number>();
  const tally: Tally = (subject, { model, operation }, count) => {
    const key = `${model} ${operation}`;
    if (subject === addon) done.set(key, (done.get(key) ?? 0) + count);
  };

  const http = await withProgress('Write over HTTP while the receiver never answers', () =>
    measureHttp(subjects.plain, addon, subjects.rule, receivers.silent, tally),
  );
  await recover(addon, receivers);
  const cells = await withProgress('Create and write in Odoo', () =>
    measureInProcess(subjects, receivers, createActor(tally)),
  );
  const rows = await checkOutbox(addon, receivers, outboxBefore, done);

  print('Odoo 19, one user: one create or write, to the end of its commit and all that Odoo does before it');
  print(`can answer; median of ${rounds} rounds, in turn.`);
  reportCells(cells, print);
  print('The same over HTTP: write of res.partner by a session, while the receiver never answers.');
  reportHttp(http, print);
  const total = [...done.values()].reduce((sum, count) => sum + count, 0);
  print(
    `  Checked: each of the addon's ${total} actions has its row, and all ${rows} rows of the outbox arrived.`,
  );
}

/** Brings the sender back from its wait, and waits until all that it had kept is gone. */
async function recover(addon: Subject, { atOnce, silent }: Receivers): Promise<void> {
  await addon.pointTo(atOnce);
  silent.hangUp();
  await waitUntilSent(addon);
}

/**
 * A rule that waits for its receiver does nothing but wait: there it runs beside the others, which would have to wait
 * for it else.
 */
async function measureInProcess(
  { plain, addon, rule }: Subjects,
  receivers: Receivers,
  act: Act,
): Promise<Cell[]> {
  const { atOnce, late, silent } = receivers;
  const both = [plain, addon];
  for (const subject of [plain, addon, rule]) await subject.pointTo(atOnce);
  for (const subject of [plain, addon, rule])
    for (const action of actions) await act(subject, action, warmUpActions);

  const count = { plain: measured, addon: measured };
  const cells = await measureRounds(
    atOnce,
    [...both, rule],
    rounds,
    { ...count, rule: measuredWithRule },
    act,
  );
  const beside = async () => {
    const whileLate = await measureRounds(late, both, rounds, count, act);
    await waitUntilSent(addon);
    const whileSilent = await measureRounds(silent, both, rounds, count, act);
    await recover(addon, receivers);
    return [...whileLate, ...whileSilent];
  };
  const waiting = async () => [
    ...(await measureRounds(late, [rule], rounds, { rule: 1 }, act)),
    ...(await measureRounds(silent, [rule], rounds, { rule: 1 }, act)),
  ];
  return [...cells, ...(await Promise.all([beside(), waiting()])).flat()];
}

/**
 * Whether the outbox has exactly one row for each action that was measured, and whether each row arrived.
 * @returns number of rows
 */
async function checkOutbox(
  addon: Subject,
  { atOnce, late }: Receivers,
  before: ReadonlyMap<string, number>,
  done: ReadonlyMap<string, number>,
): Promise<number> {
  const after = await countOutbox(addon);
  for (const [key, count] of done) {
    const rows = (after.get(key) ?? 0) - (before.get(key) ?? 0);
    if (rows !== count) throw new Error(`${count} × ${key} left ${rows} rows in the outbox`);
  }
  const sent = after.get('sent') ?? 0;
  const arrived = new Set([...atOnce.eventIds, ...late.eventIds]).size;
  if (sent !== arrived) throw new Error(`${sent} rows were sent, ${arrived} events arrived`);
  return sent;
}

if (import.meta.main) await measureOdooOverhead((line) => console.log(line));
