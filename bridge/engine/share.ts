import { lanes } from '../rules/rule.ts';

/** How many deliveries of each lane one claim takes at most; `null` for a lane that it leaves alone. */
export type Shares = readonly (number | null)[];

/**
 * The deliveries to a system go two ways beside each other: what finance waits for, and all else. So a bulk import that has
 * to look for each of its counterparts holds up nobody's invoice.
 */
export const ways = ['finance', 'others'] as const;
export type Way = (typeof ways)[number];

const usual = 200;
/** Where a call takes so many objects, what is claimed at once may be more: it still takes few calls. */
const largeBatch = 100;
const batchesAtOnce = 5;

/**
 * The shares of a way to a system that takes up `claimLimit` deliveries at once: most for finance. Every lane has one at
 * least.
 *
 * @param batch objects in one call
 */
export function sharesWithin(way: Way, claimLimit = Number.POSITIVE_INFINITY, batch = 1): Shares {
  const finance = Math.min(usual, Math.ceil(claimLimit * 0.6));
  if (way === 'finance') return lanes.map((lane) => (lane === 'finance' ? finance : null));
  const most = batch >= largeBatch ? batchesAtOnce * largeBatch : usual;
  const others = Math.max(2, Math.min(most, claimLimit - finance));
  const bulk = Math.max(1, Math.floor(others / 4));
  return lanes.map((lane) => (lane === 'finance' ? null : lane === 'bulk' ? bulk : others - bulk));
}

/** One delivery of the way, of whichever of its lanes has any. */
export const probeOf = (way: Way): Shares =>
  lanes.map((lane) => ((way === 'finance') === (lane === 'finance') ? Number(lane !== 'bulk') : null));

/** The lanes that go this way. */
export const lanesOf = (way: Way): readonly number[] =>
  lanes.flatMap((lane, index) => ((way === 'finance') === (lane === 'finance') ? [index] : []));

export const total = (shares: Shares): number => shares.reduce<number>((sum, share) => sum + (share ?? 0), 0);
