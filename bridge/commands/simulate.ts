import { configure } from '../connectors.ts';
import { simulate as runSimulation } from '../engine/simulate.ts';
import type { RuleSet } from '../rules/rule.ts';
import { readSettings, type Settings } from '../settings.ts';
import { openPast } from '../store/simulation.ts';
import { readLimit } from './option.ts';
import { type ShownDifference, show, simulationText } from './simulate-text.ts';
import { readSince } from './since.ts';

export interface SimulateArguments {
  /** `7d`, `12h`, `30m`, a day or an instant. */
  readonly since: string;
  /** Folder of the changed rules. */
  readonly rules: string;
  readonly json: boolean;
  /** How many objects are shown; all are counted. */
  readonly limit: string;
}

/** Prints what other rules would have written differently since a moment; 0 when that could be worked out. */
export async function simulate(options: SimulateArguments): Promise<number> {
  const since = readSince(options.since, Date.now());
  const limit = readLimit(options.limit);
  const settings = readSettings(process.env);
  const rules = {
    present: await loadRules(settings),
    changed: await loadRules({ ...settings, rulesDirectory: options.rules }),
  };
  const past = openPast(settings.databasePath);
  try {
    const differences: ShownDifference[] = [];
    const summary = runSimulation({
      past,
      rules,
      since,
      onDifference(difference) {
        if (differences.length < limit) differences.push(show(difference, past));
      },
    });
    const omitted = summary.different - differences.length;
    console.log(
      options.json
        ? JSON.stringify({ ...summary, differences, omitted }, null, 2)
        : simulationText(summary, differences, omitted),
    );
  } finally {
    past.close();
  }
  return 0;
}

/** The rules as `bridge start` would take them: connectors say what they can do, and are asked for nothing else. */
async function loadRules(settings: Settings): Promise<RuleSet> {
  const { rules, connectors } = configure(settings, async (_, id) => id);
  for (const connector of connectors) await connector.close();
  return rules;
}
