import { type Action, actions, itemsFor } from './odoo-actions.ts';
import type { Receiver } from './odoo-receivers.ts';
import { rulePath, type Subject, type Variant } from './odoo-subject.ts';

/** What one action cost in one variant while Odoo sent to one receiver. */
export interface Cell {
  readonly receiver: string;
  readonly action: Action;
  readonly variant: Variant;
  /** Milliseconds of each action, round by round. */
  readonly rounds: readonly number[][];
  /** Webhooks of a rule that came for all of these actions together. */
  readonly ruleRequests: number;
}

/** Actions of each variant in one round. */
type Counts = Readonly<Partial<Record<Variant, number>>>;

/** Actions of one variant in a row, before it is the turn of the next: drift shall hit all alike. */
const blockSize = 4;

/**
 * Seconds before each action. People do not act back to back; and what a variant does after an action has the time
 * that it would have.
 */
const pauseSeconds = 0.02;

/** Told of every action that was done. */
export type Tally = (subject: Subject, action: Action, count: number) => void;

/** Does an action so many times; resolves with the milliseconds of each. */
export type Act = (subject: Subject, action: Action, count: number) => Promise<readonly number[]>;

/** Remembers the records that it made last, to write on them later. */
export function createActor(tally: Tally): Act {
  const made = new Map<string, number[]>();
  return async (subject, action, count) => {
    const key = `${subject.variant} ${action.model}`;
    const items = itemsFor(action, count, made.get(key) ?? [], subject);
    const { model, operation } = action;
    const { durations, ids } = await subject.worker.act({ model, items, pause: pauseSeconds });
    if (operation === 'create') made.set(key, [...ids]);
    tally(subject, action, count);
    return durations;
  };
}

/** Measures all actions in all subjects, in turn, while they send to this receiver. */
export async function measureRounds(
  receiver: Receiver,
  subjects: readonly Subject[],
  rounds: number,
  counts: Counts,
  act: Act,
): Promise<Cell[]> {
  for (const subject of subjects) await subject.pointTo(receiver);
  const cells: Cell[] = [];
  for (const action of actions) {
    const samples = subjects.map((): number[][] => []);
    const before = receiver.requestsTo(rulePath);
    for (let round = 0; round < rounds; round++) {
      for (const rows of samples) rows.push([]);
      await measureRound(subjects, counts, action, act, samples);
    }
    const ruleRequests = receiver.requestsTo(rulePath) - before;
    for (const [index, { variant }] of subjects.entries()) {
      cells.push({ receiver: receiver.label, action, variant, rounds: samples[index] ?? [], ruleRequests });
    }
  }
  return cells;
}

/** Adds to the last round of `samples`, which has an entry for each subject. */
async function measureRound(
  subjects: readonly Subject[],
  counts: Counts,
  action: Action,
  act: Act,
  samples: readonly number[][][],
): Promise<void> {
  const left = subjects.map(({ variant }) => counts[variant] ?? 0);
  for (let block = 0; left.some((count) => count > 0); block++) {
    for (let turn = 0; turn < subjects.length; turn++) {
      // Another one begins each time: who comes after whom shall not matter.
      const index = (turn + block) % subjects.length;
      const subject = subjects[index];
      const count = Math.min(blockSize, left[index] ?? 0);
      if (subject === undefined || count === 0) continue;
      left[index] = (left[index] ?? 0) - count;
      samples[index]?.at(-1)?.push(...(await act(subject, action, count)));
    }
  }
}
