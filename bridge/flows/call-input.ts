import type { Landscape } from '../engine/landscape.ts';
import { canonicalJson } from '../entities/state.ts';
import type { StoredCall } from '../store/flow-call.ts';
import type { FlowDesk } from '../store/flow-desk.ts';
import { inputFor } from './call-step.ts';
import { createFinder } from './find.ts';

/**
 * A call with what it gets as all that is known now. What was corrected since it was asked for leaves as it is, like
 * everything that is brought anywhere.
 *
 * @throws MappingError
 */
export function withInputOfNow(desk: FlowDesk, landscape: Landscape, call: StoredCall): StoredCall {
  const instance = desk.instances.get(call.instance);
  const flow = landscape.rules.flows.find(({ id }) => id === instance?.flow);
  const step = flow?.steps.find(({ id }) => id === call.step);
  if (instance === undefined || flow === undefined || step?.kind !== 'call') return call;
  const { subject } = instance;
  const finder = createFinder(flow, subject, desk, landscape);
  const { system, id } = call.object;
  const found = finder.all(step.on).find(({ object }) => object?.id === id && object.system === system);
  // It is not there any more, which the system says best.
  if (found?.object === undefined) return call;
  const today = desk.at.slice(0, 10);
  const input = inputFor(step, found.object, found.state, { flow, finder, today, subject }, desk);
  if (canonicalJson(input) === canonicalJson(call.input)) return call;
  // Should its answer be lost, this is what it was made with.
  desk.calls.setInput(call.id, input);
  return { ...call, input };
}
