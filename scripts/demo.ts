import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { bridgeCommand } from './demo/bridge-process.ts';
import { type GroupSystems, startGroup } from './demo/group.ts';
import { createStage } from './demo/stage.ts';
import { effects, playStory } from './demo/story.ts';
import { type OdooServer, OdooUnavailable, startOdoo } from './odoo/odoo.ts';
import { formatElapsed, withProgress } from './progress.ts';

const { values: options } = parseArgs({ options: { once: { type: 'boolean', default: false } } });
const begin = performance.now();
const interrupted = new Promise<void>((resolve) => {
  process.once('SIGINT', resolve);
  process.once('SIGTERM', resolve);
});

/** Plays the story; 0 when every effect was seen. */
async function main(): Promise<number> {
  console.log(
    'Services Bridge between Odoo 19, a sandbox HubSpot and a sandbox Harvest, by scripts/demo/rules/',
  );
  let odoo: OdooServer | undefined;
  let systems: GroupSystems | undefined;
  try {
    odoo = await startOdoo();
    const server = odoo;
    systems = await withProgress('Set up the firm, the sandboxes and the bridge', () => startGroup(server));
    console.log(`Everything runs after ${formatElapsed(performance.now() - begin)}.`);
    const ended = await Promise.race([play(systems), interrupted.then(() => undefined)]);
    if (ended === undefined) return 130;
    if (!options.once) await stayUp(systems, odoo);
    return ended;
  } finally {
    await systems?.stop();
    await odoo?.dispose();
  }
}

async function play(systems: GroupSystems): Promise<number> {
  const stage = createStage((line) => console.log(line));
  try {
    await playStory(systems, stage);
  } catch (error) {
    const { cause, message } = error as Error;
    console.error(`\n${message}${cause instanceof Error ? ` (${cause.message})` : ''}`);
  }
  const status = await bridgeCommand(['status'], systems.environment);
  console.log(`\nbridge status\n${status.output.trimEnd().replace(/^/gm, '  ')}`);
  const seen = stage.results().filter((result) => result.seen).length;
  const complete = seen === effects && status.code === 0;
  console.log(
    `\n${seen} of ${effects} effects were seen, ${formatElapsed(performance.now() - begin)} in all.`,
  );
  if (!complete) console.log(`The bridge's log: ${systems.bridge.logFile}`);
  return complete ? 0 : 1;
}

async function stayUp(systems: GroupSystems, odoo: OdooServer): Promise<void> {
  const { firm, hubspot, harvest, bridge } = systems;
  const rows = [
    ['Odoo', odoo.url, `${odoo.adminLogin} / ${odoo.adminPassword} (administrator)`],
    ['', '', `${firm.sales.login} / ${firm.sales.password} (sales)`],
    ['', '', `${firm.finance.login} / ${firm.finance.password} (finance)`],
    ['HubSpot', hubspot.url, 'sandbox; no log-in for its page'],
    ['Harvest', harvest.url, 'sandbox; no log-in for its page'],
    ['Bridge', `${bridge.address}/metrics`, `log: ${bridge.logFile}`],
  ];
  console.log('\nEverything stays up until Ctrl-C. Change something in Odoo and watch it arrive.\n');
  for (const [name = '', address = '', logIn = ''] of rows)
    console.log(`  ${name.padEnd(8)} ${address.padEnd(32)} ${logIn}`);
  const settings = join(dirname(bridge.logFile), 'demo.env');
  writeFileSync(settings, settingsText(systems.environment), { mode: 0o600 });
  console.log(
    `\nThe commands of the bridge, in another terminal:\n  (set -a; . ${settings}; npm run bridge -- status)`,
  );
  const ended = await Promise.race([interrupted, bridge.ended.then((code) => ({ code }))]);
  if (ended !== undefined) {
    console.log(`\nThe bridge has ended with ${ended.code}. Its log: ${bridge.logFile}`);
    await interrupted;
  }
  console.log('\nStopping …');
}

/** As a shell and Node's `--env-file` read it. */
const settingsText = (environment: Readonly<Record<string, string>>): string =>
  Object.entries(environment)
    .map(([name, value]) => `${name}='${value}'\n`)
    .join('');

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof OdooUnavailable)) throw error;
  console.error(`\n${error.message}`);
  process.exitCode = 1;
}
