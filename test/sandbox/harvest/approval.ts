import type { Hono } from 'hono';
import type { SandboxEnvironment } from '../server.ts';
import { notFound, unprocessable } from './errors.ts';
import { bodyOf } from './input.ts';
import type { Approval, HarvestState } from './state.ts';

/** What people do with their time and expenses in Harvest's own pages; its API cannot. Ids are of either. */
export interface Approvals {
  /** The consultant hands in. */
  submit(ids: readonly number[]): void;
  /** The manager approves what was handed in, which locks it. */
  approve(ids: readonly number[]): void;
  /** The manager takes an approval back: it is unlocked and has to be handed in again. */
  withdraw(ids: readonly number[]): void;
}

export function createApprovals(state: HarvestState): Approvals {
  function submittable(id: number) {
    const entry = state.timeEntries.get(id);
    if (entry !== undefined) return { name: `Time entry ${id}`, item: entry, running: entry.running };
    const expense = state.expenses.get(id);
    if (expense === undefined) throw notFound();
    return { name: `Expense ${id}`, item: expense, running: false };
  }

  function move(ids: readonly number[], from: Approval, to: Approval): void {
    const items = ids.map((id) => {
      const { name, item, running } = submittable(id);
      if (item.approval !== from) throw unprocessable(`${name} is ${item.approval}, not ${from}`);
      if (running) throw unprocessable(`${name} has a running timer`);
      if (item.billed) throw unprocessable(`${name} has been invoiced`);
      return item;
    });
    for (const item of items) {
      item.approval = to;
      if (state.rules.approvalMovesUpdatedAt) state.touch(item);
    }
  }
  return {
    submit: (ids) => move(ids, 'unsubmitted', 'submitted'),
    approve: (ids) => move(ids, 'submitted', 'approved'),
    withdraw: (ids) => move(ids, 'approved', 'unsubmitted'),
  };
}

/** `POST /__sandbox/timesheets/{submit,approve,withdraw}` with `{"ids": [1, 2]}`; the same under `expenses`. */
export function addApprovalRoutes(app: Hono<SandboxEnvironment>, approvals: Approvals): void {
  for (const step of ['submit', 'approve', 'withdraw'] as const)
    app.post(`/__sandbox/:kind{timesheets|expenses}/${step}`, async (c) => {
      const { ids } = await bodyOf(c);
      if (!Array.isArray(ids)) throw unprocessable('send {"ids": [...]}');
      approvals[step](ids.map(Number));
      return c.json({ ids });
    });
}
