import { unprocessable } from './errors.ts';
import type { HarvestState, Submittable } from './state.ts';

/** Why nobody may change time or an expense; `null` when they may. */
export function lockReason(state: HarvestState, item: Submittable): string | null {
  const approved = item.approval === 'approved';
  if (item.billed && approved) return 'Item Invoiced and Approved and Locked for this Time Period';
  if (item.billed) return 'Item Invoiced and Locked for this Time Period';
  if (approved) return 'Item Approved and Locked for this Time Period';
  if (state.projects.get(item.projectId)?.active === false) return 'Item belongs to an archived project';
  if (state.users.get(item.userId)?.active === false) return 'Item belongs to an archived person';
  return null;
}

/** @param name `Time entry` */
export function requireUnlocked(state: HarvestState, item: Submittable, name: string): void {
  const reason = lockReason(state, item);
  if (reason !== null) throw unprocessable(`${name} is locked: ${reason}`);
}

/** Harvest archives nothing that somebody's timer is running on. */
export function requireNoTimer(
  state: HarvestState,
  name: string,
  where: (entry: { readonly projectId: number; readonly taskId: number; readonly userId: number }) => boolean,
): void {
  for (const entry of state.timeEntries.values())
    if (entry.running && where(entry))
      throw unprocessable(`${name} has a running timer and cannot be archived`);
}
