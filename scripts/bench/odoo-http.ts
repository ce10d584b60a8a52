import { type Action, changedValues } from './odoo-actions.ts';
import type { Receiver } from './odoo-receivers.ts';
import type { Tally } from './odoo-rounds.ts';
import type { Subject, Variant } from './odoo-subject.ts';

/** What a person waits for the answer of Odoo's own server. */
export interface HttpResult {
  readonly variant: Variant;
  /** Milliseconds of each request. */
  readonly durations: readonly number[];
}

const action: Action = { operation: 'write', model: 'res.partner' };
const warmUpWrites = 10;
const writes = 50;
/** A rule waits a second for each of its requests. */
const writesWithRule = 3;

/**
 * Writes by a session while the receiver never answers. The thread that sends for the addon lives in the server that is
 * measured, and its request hangs all the time.
 */
export async function measureHttp(
  plain: Subject,
  addon: Subject,
  rule: Subject,
  silent: Receiver,
  tally: Tally,
): Promise<HttpResult[]> {
  const write = async (subject: Subject) => {
    const begin = performance.now();
    await subject.consultant.write(action.model, [subject.customer], changedValues(action.model));
    const duration = performance.now() - begin;
    tally(subject, action, 1);
    return duration;
  };
  for (let turn = 0; turn < warmUpWrites; turn++) {
    for (const subject of [plain, addon]) await write(subject);
  }
  await silent.reached;
  const results = new Map<Subject, number[]>([
    [plain, []],
    [addon, []],
    [rule, []],
  ]);
  for (let turn = 0; turn < writes; turn++) {
    for (const subject of turn % 2 === 0 ? [plain, addon] : [addon, plain])
      results.get(subject)?.push(await write(subject));
  }
  for (let turn = 0; turn < writesWithRule; turn++) results.get(rule)?.push(await write(rule));
  return [...results].map(([{ variant }, durations]) => ({ variant, durations }));
}
