import { test } from 'vitest';
import { createRandom, type Random } from './random.ts';

const firstSeed = Number(process.env.MODEL_SEED ?? 1);

/**
 * Runs a model with many seeds, one after the other; a failure names its seed. Time stands still, so the same first seed
 * always leads to the same. To look further: MODEL_SEED=$RANDOM MODEL_RUNS=2000. One run again, or a few seeds earlier where
 * ids play a part: MODEL_SEED=<seed> MODEL_RUNS=1 node scripts/run.mjs vitest run <file>
 *
 * @param usualRuns how often, unless `MODEL_RUNS` says otherwise
 */
export function testSeeds(what: string, usualRuns: number, run: (random: Random) => Promise<void>): void {
  const runs = Number(process.env.MODEL_RUNS ?? usualRuns);
  test(`${runs} ${what} (first seed ${firstSeed})`, { timeout: 600_000 }, async () => {
    for (let seed = firstSeed; seed < firstSeed + runs; seed++) {
      try {
        await run(createRandom(seed));
      } catch (error) {
        throw new Error(`With seed ${seed}: ${(error as Error).message}`, { cause: error });
      }
    }
  });
}
