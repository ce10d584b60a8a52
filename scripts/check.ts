/** `npm run check`: everything that can be said about the repository without running it. */
import type { Check } from './check/check.ts';
import { checks } from './check/checks.ts';
import { formatElapsed } from './progress.ts';
import { root } from './root.ts';

/** Runs one check and prints its line, followed by what it found. True when all is well. */
async function report(check: Check): Promise<boolean> {
  const begin = performance.now();
  const findings = await check
    .run(root)
    .catch((error: Error) => `The check could not be done: ${error.stack}`);
  const passed = findings === '';
  console.log(
    `${passed ? 'ok    ' : 'FAILED'} ${check.name.padEnd(24)} ${formatElapsed(performance.now() - begin)}`,
  );
  if (!passed) console.log(findings.replace(/^/gm, '       '));
  return passed;
}

const results = await Promise.all(checks.map(report));
const failed = results.filter((passed) => !passed).length;
if (failed > 0) {
  console.log(
    `\n${failed} of ${checks.length} checks failed. "npm run format" mends what is only a matter of form.`,
  );
  process.exitCode = 1;
}
