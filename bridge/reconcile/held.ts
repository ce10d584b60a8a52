import { subject } from '../rules/flow.ts';
import { meets } from '../rules/flow-condition.ts';
import type { FlowInstance } from '../store/flow-instance.ts';
import type { Pair } from '../store/reconciliation-pair.ts';
import type { Store } from '../store/store.ts';
import type { AskingFlow, Direction } from './direction.ts';
import type { Judgement } from './judge.ts';

/**
 * Looks up whether a process will still have an object brought that is not there yet. Where the process is through with that,
 * or stuck at it, nobody else brings it, so it is missing.
 */
export async function settleHeld(
  { source, target, entity, asked, today }: Direction,
  { id, record }: Pair,
  judgement: Judgement,
  store: Pick<Store, 'latestProcess' | 'ways'>,
): Promise<Judgement> {
  const states = new Map([[subject, record?.state ?? {}]]);
  const flows = asked.filter(({ condition }) => meets(condition, states, subject, today));
  const [way] = await store.ways([{ target, source, entity, sourceId: id }]);
  const stands = await Promise.all(
    flows.map(async (flow) =>
      standOf(flow, await store.latestProcess(flow.id, { system: source, entity, id })),
    ),
  );
  const isDead = way?.state === 'dead';
  if (!isDead && stands.includes('ahead')) return judgement;
  return isDead || stands.includes('over')
    ? { ...judgement, kind: 'missing-there' }
    : { kind: 'nothing', fields: {} };
}

/** Whether a process still has to bring it, is through with that, or leaves it alone. */
function standOf(flow: AskingFlow, instance: FlowInstance | undefined): 'ahead' | 'over' | 'none' {
  if (instance === undefined) return flow.known ? 'none' : 'ahead';
  const steps = flow.steps.map((id) => instance.steps.find((step) => step.id === id)?.state);
  if (instance.state === 'running')
    return steps.some((state) => state === undefined || state === 'waiting')
      ? 'ahead'
      : steps.every((state) => state === 'skipped')
        ? 'none'
        : 'over';
  // Its condition holds again, and the process only has to be told.
  if (!instance.holding) return 'ahead';
  return steps.length > 0 && steps.every((state) => state === 'skipped') ? 'none' : 'over';
}
