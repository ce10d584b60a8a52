import type { ErrorKind } from '../../bridge/systems/error.ts';
import type { Call, Fault, MemorySystem } from './memory-system.ts';
import type { Random } from './random.ts';

const errorKinds: readonly ErrorKind[] = [
  'invalid',
  'missing',
  'conflict',
  'denied',
  'limited',
  'unavailable',
  'ambiguous',
];
const chaosProbability = 0.25;

/** Anything that can go wrong with a call. */
export function chaos(random: Random, system: MemorySystem, call: Call): Fault | undefined {
  if (!random.chance(chaosProbability)) return undefined;
  const kind = random.pick(errorKinds);
  const error = system.error(kind, `no luck: ${kind}`, {
    ...(random.chance(0.5) ? { status: 500 } : {}),
    ...(random.chance(0.2) ? { retryAfterMilliseconds: random.below(20_000) } : {}),
  });
  const reading = call.method === 'read' || call.method === 'setup';
  switch (random.below(reading ? 2 : 5)) {
    case 0:
      // A read that is refused for its content gives up its object, which is not what is looked at here.
      return reading && ['invalid', 'missing', 'conflict', 'ambiguous'].includes(kind)
        ? undefined
        : { kind: 'call', error };
    case 1:
      if (random.chance(0.3)) return { kind: 'hang', done: random.chance(0.5) };
      // So does a read that meets a bug.
      return call.method === 'read' ? undefined : { kind: 'bug' };
    case 2:
      return { kind: 'lost', repeatable: random.chance(0.5) };
    default:
      return {
        kind: 'items',
        errors: Object.fromEntries(call.keys.filter(() => random.chance(0.5)).map((key) => [key, kind])),
      };
  }
}
