import { expect, test } from 'vitest';
import { signal, timeout, type Workbench } from './workbench.ts';

/** Lost answers, silence, refusals. */
export function testTrouble(bench: Workbench): void {
  test('an answer that was lost costs nothing: the same write again makes no second record', async () => {
    const sale = await bench.sell('Lost');
    const change = bench.timesheet('lost', sale);
    bench.firm.proxy.loseAnswerTo(change.reference);
    await expect(bench.odoo.write('timesheet', [change], signal)).rejects.toMatchObject({
      kind: 'ambiguous',
    });
    const again = await bench.odoo.write('timesheet', [{ ...change, uncertain: true }], signal);
    expect(again).toMatchObject([{ ok: true, result: 'unchanged' }]);
    const rows = await bench.firm.admin.searchRead(
      'account.analytic.line',
      [['task_id', '=', sale.task]],
      ['id'],
    );
    expect(rows).toHaveLength(1);
  });

  test('gives up waiting after its own deadline', async () => {
    const hasty = bench.connect({ timeoutMilliseconds: 1500 });
    // Logged in before, so that the deadline is the one of the call itself.
    await hasty.read('worker', [String(bench.firm.employee)], signal);
    const sale = await bench.sell('Hang');
    bench.firm.proxy.hangOn('hang');
    await expect(hasty.write('timesheet', [bench.timesheet('hang', sale)], signal)).rejects.toMatchObject({
      kind: 'ambiguous',
      message: 'Odoo did not answer within 1.5 s',
    });
    bench.firm.proxy.hangOn('search_read');
    await expect(hasty.read('worker', ['1'], signal)).rejects.toMatchObject({ kind: 'unavailable' });
    await hasty.close();
  });

  test('stops at once when it is told to', async () => {
    bench.firm.proxy.hangOn('search_read');
    const stop = new AbortController();
    const reading = bench.odoo.read('worker', ['1'], stop.signal);
    const seen = bench.firm.proxy.requests.length;
    await expect
      .poll(() => bench.firm.proxy.requests.slice(seen).some((text) => text.includes('search_read')), {
        timeout,
      })
      .toBe(true);
    stop.abort();
    await expect(reading).rejects.toMatchObject({ name: 'SystemError', kind: 'unavailable' });
  });

  test("says in Odoo's own words what Odoo refuses", async () => {
    const call = (model: string, method: string, args: Record<string, unknown>) =>
      bench.odoo.client.call(model, method, args, { action: 'test', repeatable: false, signal });
    await expect(call('res.users', 'create', { vals_list: [{ login: 'x' }] })).rejects.toMatchObject({
      kind: 'denied',
      message: expect.stringMatching(/^You are not allowed to create 'User' \(res\.users\) records\./),
    });
    await expect(call('res.partner', 'write', { ids: [999_999], vals: { name: 'x' } })).rejects.toMatchObject(
      {
        kind: 'missing',
        message: 'Record does not exist or has been deleted.',
      },
    );
    const ownParent = { ids: [bench.firm.contact], vals: { parent_id: bench.firm.contact } };
    await expect(call('res.partner', 'write', ownParent)).rejects.toMatchObject({
      kind: 'invalid',
      message: expect.stringMatching(/^You cannot create recursive Partner hierarchies|^Recursion/),
    });
    await expect(
      call('res.partner', 'search_read', { domain: [], fields: ['nonsense'] }),
    ).rejects.toMatchObject({
      kind: 'invalid',
      message: "Odoo failed: Invalid field 'nonsense' on 'res.partner'",
    });
    await expect(call('no.model', 'search', {})).rejects.toMatchObject({ kind: 'missing' });
    await expect(call('res.partner', 'no_method', {})).rejects.toMatchObject({ kind: 'missing' });
  });

  test('a wrong key is denied, and the check says what to do', async () => {
    const stranger = bench.connect({ apiKey: 'wrong' });
    await expect(stranger.read('customer', ['1'], signal)).rejects.toMatchObject({ kind: 'denied' });
    expect(await stranger.check(signal)).toMatchObject([
      { level: 'ok' },
      { level: 'error', message: expect.stringContaining('key'), remedy: expect.stringContaining('API key') },
    ]);
    await stranger.close();
  });

  test('finds nothing wrong with what is set up well', async () => {
    const findings = await bench.odoo.check(signal);
    expect(findings.filter((finding) => finding.level !== 'ok')).toEqual([]);
    expect(findings.map((finding) => finding.message).join('\n')).toContain(bench.firm.server.databaseUuid);
  });

  test('warns of another database, and of a copy for tests', async () => {
    const { server } = bench.firm;
    const pinned = bench.connect({ databaseUuid: '00000000-0000-4000-8000-000000000000' });
    const troubles = async () => (await pinned.check(signal)).filter((finding) => finding.level !== 'ok');
    try {
      expect(await troubles()).toMatchObject([
        { level: 'error', message: expect.stringContaining(server.databaseUuid), remedy: expect.any(String) },
      ]);
      await server.sql(
        "INSERT INTO ir_config_parameter (key, value) VALUES ('database.is_neutralized', 'true')",
      );
      expect(await troubles()).toContainEqual(
        expect.objectContaining({ message: expect.stringContaining('neutralized') }),
      );
    } finally {
      await server.sql("DELETE FROM ir_config_parameter WHERE key = 'database.is_neutralized'");
      await pinned.close();
    }
  });
}
