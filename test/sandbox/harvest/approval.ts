import type { Hono } from 'hono';
import type { SandboxEnvironment } from '../server.ts';
import { notFound, unprocessable } from './errors.ts';
import { bodyOf } from './input.ts';
import type { Approval, HarvestState } from './state.ts';

/** What people do with timesheets in Harvest's own pages; its API cannot. */
export interface Approvals {
  /** The consultant hands time in. */
  submit(ids: readonly number[]): void;
  /** The manager approves submitted time, which locks it. */
  approve(ids: readonly number[]): void;
  /** The manager takes an approval back: the time is unlocked and has to be handed in again. */
  withdraw(ids: readonly number[]): void;
}

export function createApprovals(state: HarvestState): Approvals {
  function move(ids: readonly number[], from: Approval, to: Approval): void {
    const entries = ids.map((id) => {
      const entry = state.timeEntries.get(id);
      if (entry === undefined) throw notFound();
      if (entry.approval !== from) throw unprocessable(`Time entry ${id} is ${entry.approval}, not ${from}`);
      if (entry.running) throw unprocessable(`Time entry ${id} has a running timer`);
      if (entry.billed) throw unprocessable(`Time entry ${id} has been invoiced`);
      return entry;
    });
    for (const entry of entries) {
      entry.approval = to;
      if (state.rules.approvalMovesUpdatedAt) state.touch(entry);
    }
  }
  return {
    submit: (ids) => move(ids, 'unsubmitted', 'submitted'),
    approve: (ids) => move(ids, 'submitted', 'approved'),
    withdraw: (ids) => move(ids, 'approved', 'unsubmitted'),
  };
}

/** `POST /__sandbox/timesheets/{submit,approve,withdraw}` with `{"ids": [1, 2]}`. */
export function addApprovalRoutes(app: Hono<SandboxEnvironment>, approvals: Approvals): void {
  for (const step of ['submit', 'approve', 'withdraw'] as const)
    app.post(`/__sandbox/timesheets/${step}`, async (c) => {
      const { ids } = await bodyOf(c);
      if (!Array.isArray(ids)) throw unprocessable('send {"ids": [...]}');
      approvals[step](ids.map(Number));
      return c.json({ ids });
    });
}
