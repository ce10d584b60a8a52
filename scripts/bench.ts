/**
 * `npm run bench [-- intake|pipeline|month-end|rules|flows|reconcile|footprint|odoo …]`: figures and ratios of one run on this machine.
 * `time-to-odoo` only runs when it is named: it takes ten minutes to half an hour.
 */
import { cpus, totalmem } from 'node:os';
import { measureFlows } from './bench/flows.ts';
import { measureFootprint } from './bench/footprint.ts';
import { measureIntake } from './bench/intake.ts';
import { measureMonthEnd } from './bench/month-end.ts';
import { measureOdooOverhead } from './bench/odoo-overhead.ts';
import { measurePipeline } from './bench/pipeline.ts';
import { measureReconcile } from './bench/reconcile.ts';
import { measureRules } from './bench/simulation.ts';
import { measureTimeToOdoo } from './bench/time-to-odoo.ts';

const parts = {
  intake: measureIntake,
  pipeline: measurePipeline,
  'month-end': measureMonthEnd,
  rules: measureRules,
  flows: measureFlows,
  reconcile: measureReconcile,
  footprint: measureFootprint,
  odoo: measureOdooOverhead,
  'time-to-odoo': measureTimeToOdoo,
} as const;

/** Too long for a run of everything. */
const onlyNamed: ReadonlySet<string> = new Set(['time-to-odoo']);

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !Object.hasOwn(parts, name));
if (unknown.length > 0) {
  console.error(`There is no part ${unknown.join(', ')}; there are ${Object.keys(parts).join(', ')}.`);
  process.exit(2);
}
console.log(
  `Node ${process.versions.node}, ${cpus().length} × ${cpus()[0]?.model}, ${Math.round(totalmem() / 2 ** 30)} GiB\n`,
);
for (const [name, measure] of Object.entries(parts)) {
  if (wanted.length > 0 ? !wanted.includes(name) : onlyNamed.has(name)) continue;
  await measure((line) => console.log(line));
  console.log('');
}
