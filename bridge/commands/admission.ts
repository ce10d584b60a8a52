import { createHealth, type Health } from '../engine/health.ts';
import type { Landscape } from '../engine/landscape.ts';
import { isInShadow } from '../engine/plan.ts';
import { createReadiness, type Readiness } from '../engine/readiness.ts';
import { SystemError } from '../systems/error.ts';

/** Whether a system may be read where no bridge runs: what the running bridge asks before it reads is asked here too. */
export interface Admission {
  readonly health: Health;
  /** `ensure` throws a SystemError that says what keeps the system from being read: nobody else would. */
  readonly readiness: Readiness;
}

/** The admission to each system, made once. */
export function createAdmissions(landscape: Landscape): (system: string) => Admission {
  const admissions = new Map<string, Admission>();
  return (system) => {
    const known = admissions.get(system);
    if (known !== undefined) return known;
    const health = createHealth(Date.now, Math.random);
    const readiness = createReadiness({
      connector: landscape.connector(system),
      shadow: isInShadow(landscape, system),
      healths: [health],
      observe: () => undefined,
      now: Date.now,
    });
    const admission = { health, readiness: { ...readiness, ensure } };
    admissions.set(system, admission);
    return admission;

    async function ensure(signal: AbortSignal): Promise<boolean> {
      if (await readiness.ensure(signal)) return true;
      signal.throwIfAborted();
      // Who answers and is unfit will be no other in a minute; who does not answer may be.
      const kind = (await readiness.refused(signal)) ? 'denied' : 'unavailable';
      const why = readiness.problems().join(' ').replace(/\.$/, '');
      throw new SystemError(kind, `${system} is not read: ${why}`, { system, action: 'set up' });
    }
  };
}
