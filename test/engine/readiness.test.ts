import { expect, test } from 'vitest';
import { customerToCrm } from './rules.ts';
import { createWorld, type World } from './world.ts';

const minute = 60_000;
const signal = new AbortController().signal;

/** What polls do: they ask before each turn whether the system can be used. */
async function lookAt(world: World, times: number): Promise<boolean[]> {
  const found: boolean[] = [];
  for (let time = 0; time < times; time++) {
    await world.pass(5 * minute);
    found.push(await world.engine.ready('harvest', signal));
  }
  return found;
}

test('whether a system can be used is found out at the start, and not taken for granted before', async () => {
  const world = await createWorld({ rules: [customerToCrm] });
  const looked = ['odoo', 'hubspot', 'harvest'];
  await world.engine.stop(0);
  for (const name of looked) world[name as 'odoo'].failNext('setup', { kind: 'hang', done: false });
  await world.restart();
  await world.calm();
  expect(world.engine.problems()).toEqual(looked.map((name) => `${name}: is being looked at`));
  // The first look ends in vain, and the next one succeeds.
  await world.pass(2 * minute);
  for (const problem of world.engine.problems()) expect(problem).not.toContain('is being looked at');
  expect(world.engine.problems()).toHaveLength(3);
  await world.pass(minute);
  expect(world.engine.problems()).toEqual([]);
});

test('the first look does not hold up the end', async () => {
  const world = await createWorld({ rules: [customerToCrm] });
  await world.engine.stop(0);
  world.harvest.failNext('setup', { kind: 'hang', done: false });
  await world.restart();
  await world.calm();
  const stopped = world.engine.stop(1000);
  await world.pass(1000);
  await stopped;
});

test('an outage that only looks met is over when they succeed, also where nothing is read or written', async () => {
  const world = await createWorld({ rules: [customerToCrm] });
  await world.engine.ready('harvest', signal);
  await world.pass(11 * minute);
  const error = world.harvest.error('unavailable', 'harvest could not be reached');
  for (let time = 0; time < 5; time++) world.harvest.failNext('setup', { kind: 'call', error });
  expect(await lookAt(world, 5)).toEqual([false, false, false, false, false]);
  expect(world.engine.problems()).toEqual(['harvest: harvest could not be reached']);
  expect(await lookAt(world, 1)).toEqual([true]);
  expect(world.engine.problems()).toEqual([]);
});

test('a system that answers, but is unfit, is not said to be silent', async () => {
  const world = await createWorld({ rules: [customerToCrm] });
  world.harvest.findings = [{ level: 'error', message: 'The token has no right to read time' }];
  expect(await lookAt(world, 6)).toEqual(Array(6).fill(false));
  expect(world.engine.problems()).toEqual(['harvest: The token has no right to read time']);
  world.harvest.findings = [];
  expect(await lookAt(world, 1)).toEqual([true]);
  expect(world.engine.problems()).toEqual([]);
});

test('a setup that succeeds as ever says nothing of writes that fail', async () => {
  const world = await createWorld({ rules: [customerToCrm] });
  world.hubspot.fault = ({ method }) =>
    method === 'write'
      ? { kind: 'call', error: world.hubspot.error('unavailable', 'maintenance', { status: 503 }) }
      : undefined;
  world.odoo.put('customer', '1', { name: 'Acme', vat: 'BE1', email: null });
  await world.tell(world.odoo, 'customer', '1');
  await world.pass(minute);
  const { tries } = world.delivery('1');
  await world.pass(12 * 60 * minute);
  expect(world.hubspot.calls('setup').length).toBeGreaterThan(60);
  expect(world.delivery('1')).toMatchObject({ state: 'pending', tries });
  expect(world.engine.problems()).toEqual([
    expect.stringContaining('hubspot: does not answer since 2026-01-05T08:00'),
  ]);
});
