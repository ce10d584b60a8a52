/** `npm test`: everything, with a real Odoo. `SKIP_ODOO=1` leaves out what needs one, and says so. */
import { ChromiumUnavailable, ensureChromium } from './chromium.ts';
import { runAddonTests } from './odoo/addon-tests.ts';
import { ensureOdoo, OdooUnavailable } from './odoo/odoo.ts';
import { type SuiteResult, summaryOf } from './test/suite.ts';
import { runVitest } from './test/vitest.ts';

const withoutOdoo = process.env.SKIP_ODOO === '1';

async function addonTests(): Promise<SuiteResult> {
  const { passed, failed, failures } = await runAddonTests();
  return { name: 'addon in Odoo', passed, failed, skipped: 0, failures };
}

async function main(): Promise<number> {
  // First of all, so that a machine that cannot run them says so at once and not after the other tests.
  if (!withoutOdoo) {
    await ensureOdoo();
    await ensureChromium();
  }
  const results = [await runVitest('fast tests', 'fast')];
  if (!withoutOdoo) {
    results.push(await runVitest('end to end with Odoo', 'odoo'));
    results.push(await addonTests());
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
