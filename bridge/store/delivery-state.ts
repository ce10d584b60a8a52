/**
 * - `pending`: waits for its time and its turn.
 * - `leased`: a try is under way.
 * - `waiting`: needs a link that does not exist yet. With the error `unmet` the rules do not bring what it needs, so a person
 *   has to see to it; it still goes on by itself when the link comes.
 * - `done`, `dead` (needs a person), `superseded` (a later delivery of the object took its place, or nobody waits for it any more).
 * - `shadowed`: all was worked out and recorded, and nobody was called. Stays until a later delivery of the object is done.
 */
export type DeliveryState = 'pending' | 'leased' | 'waiting' | 'done' | 'dead' | 'shadowed' | 'superseded';

/** The whole state machine; checked at every move. */
export const deliveryTransitions: Readonly<Record<DeliveryState, readonly DeliveryState[]>> = {
  pending: ['leased'],
  leased: ['done', 'pending', 'waiting', 'dead', 'shadowed', 'superseded'],
  waiting: ['pending'],
  dead: ['superseded'],
  shadowed: ['superseded'],
  done: [],
  superseded: [],
};

export function assertTransition(from: DeliveryState, to: DeliveryState): void {
  if (!deliveryTransitions[from].includes(to)) throw new Error(`A delivery cannot go from ${from} to ${to}`);
}
