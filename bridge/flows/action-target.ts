import type { Landscape } from '../engine/landscape.ts';
import type { prepareDeliveries } from '../engine/prepare.ts';
import type { Connector } from '../systems/system.ts';
import { createActionConnector } from './action-connector.ts';
import { prepareCalls } from './call.ts';

/** What a system does for flows: targets beside the systems themselves, and what prepares their deliveries. */
export interface ActionTarget {
  readonly connector: Connector;
  readonly prepare: typeof prepareDeliveries;
}

/** One target for each system that the flows have something done in. */
export function actionTargets(
  rules: Pick<Landscape['rules'], 'flows' | 'systems'>,
  connectors: readonly Connector[],
): ActionTarget[] {
  const roles = new Set(
    rules.flows.flatMap((flow) =>
      flow.steps.flatMap((step) =>
        step.kind === 'call' ? [flow.objects.find(({ name }) => name === step.on)?.in ?? flow.from] : [],
      ),
    ),
  );
  return rules.systems.flatMap(({ name, role, shadow }) => {
    const connector = roles.has(role) ? connectors.find(({ system }) => system === name) : undefined;
    return connector === undefined
      ? []
      : [{ connector: createActionConnector(connector, shadow), prepare: prepareCalls }];
  });
}
