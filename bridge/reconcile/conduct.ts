import { type ReconciliationRun, type RunPhase, runPhases } from '../store/reconciliation-run.ts';
import { act } from './act.ts';
import { compare } from './compare.ts';
import { directionsOf } from './direction.ts';
import { findDuplicates } from './duplicates.ts';
import type { Means } from './means.ts';
import { readSides } from './read.ts';
import { createTrack, type Track } from './track.ts';

/**
 * Does a run from where it stands to its end. Everything that it comes to is kept together with how far it is, so it can be
 * interrupted anywhere and goes on there.
 *
 * @throws the signal's reason when it is to stop, SystemError when a system cannot be read
 */
export async function conduct(
  run: ReconciliationRun,
  means: Means,
  signal: AbortSignal,
  onTrack: (track: Track) => void = () => undefined,
): Promise<void> {
  const { store, landscape } = means;
  const track = createTrack(run, store);
  onTrack(track);
  const directions = directionsOf(run.scope, landscape, means.now());
  const scratch = await store.scratch();
  const work: Readonly<Record<Exclude<RunPhase, 'over'>, () => Promise<void>>> = {
    reading: () => readSides(track, directions, scratch, means, signal),
    comparing: () => compare(track, directions, scratch, means, signal),
    duplicates: () => findDuplicates(track, directions, means, signal),
    acting: () => act(track, directions, means, signal),
  };
  try {
    for (const phase of runPhases.slice(runPhases.indexOf(run.phase))) {
      signal.throwIfAborted();
      if (phase === 'over') break;
      // The first one may have begun already.
      if (phase !== track.phase) await track.enter(phase, await estimate(phase, track, means));
      await work[phase]();
    }
    await track.enter('over');
  } finally {
    scratch.close();
  }
}

/** About how many objects a phase will be done with. */
async function estimate(phase: RunPhase, track: Track, { store }: Means): Promise<number | undefined> {
  const { counts } = track.now();
  const { source } = track.scope;
  if (phase === 'comparing' && counts[`listed ${source}`] !== undefined) return counts[`listed ${source}`];
  const earlier = (await store.reconciliations(50)).find(
    ({ declaration, state, id }) => declaration === track.declaration && state === 'done' && id !== track.id,
  );
  return phase === 'comparing' ? earlier?.counts.compared : undefined;
}
