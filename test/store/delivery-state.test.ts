import { expect, test } from 'vitest';
import {
  assertTransition,
  type DeliveryState,
  deliveryTransitions,
} from '../../bridge/store/delivery-state.ts';

const states = Object.keys(deliveryTransitions) as DeliveryState[];

test('what is done or superseded stays so, and everything else can end there', () => {
  for (const end of ['done', 'superseded'] as const)
    for (const to of states)
      expect(() => assertTransition(end, to)).toThrow(`cannot go from ${end} to ${to}`);
  const reachable = new Set<DeliveryState>(['done', 'superseded']);
  for (let round = 0; round < states.length; round++)
    for (const state of states)
      if (deliveryTransitions[state].some((to) => reachable.has(to))) reachable.add(state);
  expect([...reachable].sort()).toEqual([...states].sort());
});

test('nothing is done without a try', () => {
  expect(states.filter((state) => deliveryTransitions[state].includes('done'))).toEqual(['leased']);
  expect(states.filter((state) => deliveryTransitions[state].includes('leased'))).toEqual(['pending']);
});
