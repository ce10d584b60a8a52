import { checkRules } from '../connectors.ts';
import { createExplain } from '../controls/explain.ts';
import { type ControlReport, controlReport } from '../controls/report.ts';
import { createTerrain } from '../engine/landscape.ts';
import { readDatabasePath, readRulesDirectory } from '../settings.ts';
import { openOverview } from '../store/overview.ts';
import { balanceCsv, controlsText, linesCsv } from './controls-text.ts';
import { readChoice, readLimit } from './option.ts';
import { readPeriod } from './period.ts';

export interface ControlsArguments {
  readonly month?: string;
  readonly from?: string;
  readonly to?: string;
  /** `table`, `json`, `csv` (one row a line), `balance-csv` (one row a customer and month). */
  readonly format: string;
  readonly limit: string;
}

/** Prints what is between a won deal and a paid invoice; 1 when approved time is not all accounted for. */
export async function controls(options: ControlsArguments): Promise<number> {
  const print = readChoice('--format', printers, options.format);
  const limit = readLimit(options.limit);
  const period = readPeriod(options);
  const terrain = createTerrain(checkRules(readRulesDirectory(process.env)));
  const overview = openOverview(readDatabasePath(process.env));
  try {
    const explain = createExplain(overview, terrain.rules);
    const report = controlReport({ overview, terrain, explain, period, nowMs: Date.now() });
    console.log(print(report, limit));
    return report.balanced ? 0 : 1;
  } finally {
    overview.close();
  }
}

const printers: Readonly<Record<string, (report: ControlReport, limit: number) => string>> = {
  table: (report, limit) => controlsText(report, limit, Date.now()),
  json: (report) => JSON.stringify(report, null, 2),
  csv: (report) => linesCsv(report).trimEnd(),
  'balance-csv': (report) => balanceCsv(report).trimEnd(),
};
