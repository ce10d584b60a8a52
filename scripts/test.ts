/** `npm test`: everything, with a real Odoo. `SKIP_ODOO=1` leaves out what needs one, and says so. */
import { ChromiumUnavailable, ensureChromium } from './chromium.ts';
import { runAddonTests } from './odoo/addon-tests.ts';
import { ensureOdoo, OdooUnavailable } from './odoo/odoo.ts';
import { type SuiteResult, summaryOf } from './test/suite.ts';
import { runVitest } from './test/vitest.ts';

const withoutOdoo = process.env.SKIP_ODOO === '1';

/** A run that broke off is one failure; what runs beside it goes on. */
async function addonTests(): Promise<SuiteResult> {
  const name = 'addon in Odoo';
  try {
    const { passed, failed, failures } = await runAddonTests();
    return { name, passed, failed, skipped: 0, failures };
  } catch (error) {
    return { name, passed: 0, failed: 1, skipped: 0, failures: [`${name}: ${(error as Error).message}`] };
  }
}

/** What asks an Odoo without a bridge: one core's work, beside the tests in which the bridge mostly waits. */
async function withoutBridge(): Promise<SuiteResult[]> {
  const addon = await addonTests();
  return [addon, await runVitest('connector with Odoo', 'odoo-connector', 'afterwards')];
}

async function main(): Promise<number> {
  // First of all, so that a machine that cannot run them says so at once and not after the other tests.
  if (!withoutOdoo) {
    await ensureOdoo();
    await ensureChromium();
  }
  const results = [await runVitest('fast tests', 'fast')];
  if (!withoutOdoo) {
    const [endToEnd, others] = await Promise.all([
      runVitest('end to end with Odoo', 'odoo'),
      withoutBridge(),
    ]);
    results.push(endToEnd, ...others);
  }
  console.log('');
  if (withoutOdoo)
    console.log('SKIP_ODOO=1: NOTHING WAS TESTED WITH ODOO, neither end to end nor the addon.');
  console.log(summaryOf(results));
  return results.some((result) => result.failed > 0) ? 1 : 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof OdooUnavailable || error instanceof ChromiumUnavailable)) throw error;
  console.error(`\nTHE TESTS NEED A REAL ODOO AND A CHROMIUM, AND ONE IS MISSING.\n${error.message}`);
  console.error('To run the other tests alone: SKIP_ODOO=1 npm test');
  process.exitCode = 1;
}
