import { createHubspot } from '../../../bridge/systems/hubspot/connector.ts';
import type { HubspotOptions } from '../../../bridge/systems/hubspot/options.ts';
import type { Connector } from '../../../bridge/systems/system.ts';
import { createManualClock, type ManualClock } from '../../sandbox/clock.ts';
import {
  type HubspotSandbox,
  type HubspotSandboxOptions,
  startHubspotSandbox,
} from '../../sandbox/hubspot/sandbox.ts';

export interface RunningHubspot {
  readonly sandbox: HubspotSandbox;
  readonly clock: ManualClock;
  readonly connector: Connector;
  close(): Promise<void>;
}

/** How long the sandbox's search takes to see a new state. */
export const searchDelay = 5000;

const generous = { requests: 10_000, milliseconds: 1000 };

/** A sandbox HubSpot with the bridge's properties, and a connector to it. */
export async function startHubspot(
  options: Partial<HubspotOptions> = {},
  sandboxOptions: HubspotSandboxOptions = {},
): Promise<RunningHubspot> {
  const clock = createManualClock();
  const sandbox = await startHubspotSandbox({
    clock,
    searchDelayMilliseconds: searchDelay,
    quota: generous,
    searchQuota: generous,
    ...sandboxOptions,
  });
  const connector = createHubspot({
    baseUrl: sandbox.url,
    token: () => sandbox.token,
    limit: generous,
    searchLimit: generous,
    deletionsEveryMilliseconds: 0,
    now: clock.now,
    ...options,
  });
  await connector.setup(new AbortController().signal);
  sandbox.calls.clear();
  return {
    sandbox,
    clock,
    connector,
    async close() {
      await connector.close();
      await sandbox.close();
    },
  };
}
