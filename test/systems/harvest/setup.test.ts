import { expect, test } from 'vitest';
import type { Finding } from '../../../bridge/systems/system.ts';
import { startHarvest } from './start.ts';

const signal = new AbortController().signal;
const errors = (findings: readonly Finding[]) => findings.filter(({ level }) => level === 'error');

test('the account that answered first is the one that the bridge belongs to', async () => {
  const pinned: string[] = [];
  const { connector, sandbox, close } = await startHarvest({
    async pin(account) {
      pinned.push(account);
      return account;
    },
  });
  expect(errors(await connector.setup(signal))).toEqual([]);
  expect(pinned).toEqual([sandbox.accountId]);
  await close();
});

test('another account is refused, so that nothing counts as deleted', async () => {
  const { connector, sandbox, close } = await startHarvest({ pin: async () => '4711' });
  for (const findings of [await connector.setup(signal), await connector.check(signal)])
    expect(errors(findings)).toEqual([
      {
        level: 'error',
        message: `This bridge belongs to the Harvest account 4711, not to ${sandbox.accountId}: what it knows would count as deleted.`,
        remedy: 'Set HARVEST_ACCOUNT_ID to 4711. Another account needs a bridge with a database of its own.',
      },
    ]);
  await close();
});

test('one that does not answer is not remembered', async () => {
  const pinned: string[] = [];
  const { connector, close } = await startHarvest({
    token: () => 'wrong',
    async pin(account) {
      pinned.push(account);
      return account;
    },
  });
  await expect(connector.setup(signal)).rejects.toMatchObject({ kind: 'denied', status: 401 });
  expect(pinned).toEqual([]);
  await close();
});

test('a token of somebody who sees only part of the time is refused', async () => {
  const { connector, call, close } = await startHarvest();
  const me = await call('GET', '/users/me');
  await call('PATCH', `/users/${me.id}`, { access_roles: ['member'] });
  expect(errors(await connector.setup(signal))).toMatchObject([
    { message: expect.stringContaining('who is no administrator: time of other people would be missing') },
  ]);
  await close();
});

test('a first day that is still to come is said', async () => {
  const { connector, close } = await startHarvest({ start: '2999-01-01' });
  expect(await connector.check(signal)).toContainEqual({
    level: 'warning',
    message: 'HARVEST_START is 2999-01-01, which is still to come: no time and no expense counts before.',
    remedy: 'Set HARVEST_START to the first day whose time and expenses count.',
  });
  await close();
});
