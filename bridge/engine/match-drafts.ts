import { sourceObject } from '../store/delivery.ts';
import type { SettledDead, SettledProposed, SettledRetry, Settlement } from '../store/settlement.ts';
import {
  type Later,
  needsPairing,
  type Pair,
  type Pairable,
  pairAll,
  soughtState,
  stillWaiting,
} from './counterpart.ts';
import type { Drafted, PrepareWork } from './draft.ts';
import { asSystemError, settleFailedCall, settleFailedItem } from './failure.ts';
import { referenceOf } from './landscape.ts';
import { findCounterparts, type Match } from './match.ts';
import { isInShadow } from './plan.ts';
import { recorded } from './shadow.ts';

/** Counterparts of the drafts that have none yet; those that this settles are marked so. */
export async function matchDrafts(drafted: readonly Drafted[], work: PrepareWork, settled: Settlement[]) {
  const result = new Map<string, string | 'settled'>();
  const pairless = drafted.filter(
    (draft) => draft.context.targetId === undefined && needsPairing(work.landscape, draft),
  );
  // A system in shadow is not even asked.
  if (pairless.length === 0 || isInShadow(work.landscape, work.connector.system)) return result;
  const startedAtMs = work.now();
  const startedAt = new Date(startedAtMs).toISOString();
  const end = (draft: Drafted, settlement: SettledRetry | SettledDead | SettledProposed) => {
    result.set(draft.delivery.id, 'settled');
    // In shadow nothing has to be seen to: it is recorded what would have had to.
    const { delivery, durationMs, cause } = settlement;
    const note = { delivery, startedAt, durationMs, ...recorded('match', undefined, draft.fields), cause };
    settled.push(draft.shadow ? note : settlement);
  };
  const again = { outcome: 'retry' as const, uncertain: false, countTry: false };
  const wait = ({ delivery }: Drafted, { afterMs, cause }: Later) => {
    result.set(delivery.id, 'settled');
    const durationMs = work.now() - startedAtMs;
    const dueMs = work.now() + afterMs;
    settled.push({ delivery, startedAt, durationMs, ...again, error: 'busy', cause, dueMs });
  };
  const searching: Drafted[] = [];
  const waiting = await stillWaiting(work, pairless);
  for (const [index, draft] of pairless.entries()) {
    const later = waiting[index];
    if (later === undefined) searching.push(draft);
    else wait(draft, later);
  }
  let matches: Match[];
  try {
    matches = await findCounterparts(
      work,
      searching.map((draft) => ({
        object: sourceObject(draft.delivery),
        by: draft.plan.match,
        state: soughtState(draft),
      })),
    );
  } catch (error) {
    const failure = asSystemError(error, work.connector.system, 'unavailable');
    if (failure === undefined) throw error;
    const failed = searching.map(({ delivery }) => ({ delivery, json: undefined }));
    settled.push(...settleFailedCall(failure, failed, { ...work, startedAtMs, begun: false }));
    for (const { delivery } of searching) result.set(delivery.id, 'settled');
    return result;
  }
  const unpaired: Drafted[] = [];
  const pairable: Pairable[] = [];
  for (const [index, draft] of searching.entries()) {
    const { delivery } = draft;
    const match = matches[index] as Match;
    if (match.kind === 'refused') {
      const failure = { error: match.error.kind, message: match.error.message };
      end(draft, settleFailedItem(failure, { delivery, json: undefined }, { ...work, startedAtMs }));
    } else if (match.kind === 'several') {
      const cause = `${delivery.target} has several that could be this ${delivery.entity}: ${match.ids.join(', ')} have the same ${match.field}. Merge them there, or make the ${match.field} differ.`;
      const durationMs = work.now() - startedAtMs;
      end(draft, { delivery, startedAt, durationMs, outcome: 'dead', error: 'conflict', cause });
    } else {
      unpaired.push(draft);
      pairable.push(match);
    }
  }
  const pairs = await pairAll(work, unpaired, pairable);
  for (const [index, draft] of unpaired.entries()) {
    const { delivery, plan } = draft;
    const pair = pairs[index] as Pair;
    const base = { delivery, startedAt, durationMs: work.now() - startedAtMs };
    switch (pair.kind) {
      case 'link':
        result.set(delivery.id, pair.id);
        break;
      case 'propose':
        end(draft, { ...base, outcome: 'proposed', candidates: pair.candidates, cause: pair.cause });
        break;
      case 'later':
        wait(draft, pair);
        break;
      case 'unmatched': {
        const cause = `${delivery.target} has no ${delivery.entity} with the same ${plan.match.join(' or ')} as ${referenceOf(delivery.source, delivery.entity, delivery.sourceId)}. Add it there, or correct it in ${delivery.source}.`;
        end(draft, { ...base, ...again, error: 'unmatched', cause, dueMs: work.now() + lookAgainMs });
      }
    }
  }
  return result;
}

/** A counterpart that appears wakes its deliveries at once; this is only for systems that do not tell. */
const lookAgainMs = 15 * 60_000;
