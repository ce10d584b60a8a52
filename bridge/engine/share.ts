/** How many deliveries of each lane one claim takes at most: finance first, and nobody starves. */
const shares: readonly number[] = [120, 60, 20];

export const total = (lanes: readonly number[]): number => lanes.reduce((sum, share) => sum + share, 0);

/**
 * The shares of a system that takes up `claimLimit` deliveries at once, in the same proportions. Every lane keeps one at
 * least.
 */
export function sharesWithin(claimLimit: number = total(shares)): readonly number[] {
  const scale = Math.min(1, claimLimit / total(shares));
  return shares.map((share) => Math.max(1, Math.floor(share * scale)));
}
