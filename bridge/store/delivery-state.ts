/**
 * - `pending`: waits for its time and its turn.
 * - `leased`: a try is under way.
 * - `waiting`: needs a link that does not exist yet.
 * - `done`, `dead` (needs a person), `superseded` (a later delivery of the object took its place).
 */
export type DeliveryState = 'pending' | 'leased' | 'waiting' | 'done' | 'dead' | 'superseded';

/** The whole state machine; checked at every move. */
export const deliveryTransitions: Readonly<Record<DeliveryState, readonly DeliveryState[]>> = {
  pending: ['leased', 'superseded'],
  leased: ['done', 'pending', 'waiting', 'dead', 'superseded'],
  waiting: ['pending', 'dead', 'superseded'],
  dead: ['pending', 'superseded'],
  done: [],
  superseded: [],
};

export function assertTransition(from: DeliveryState, to: DeliveryState): void {
  if (!deliveryTransitions[from].includes(to)) throw new Error(`A delivery cannot go from ${from} to ${to}`);
}
