import { inspect } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import { SystemError } from '../../bridge/systems/error.ts';
import type { Connector } from '../../bridge/systems/system.ts';
import type { FaultAction } from '../sandbox/faults.ts';
import type { ConformanceHarness, Deviation, RunningSystem } from './harness.ts';
import { failureOf, never } from './outcome.ts';

const status = (code: number): FaultAction => ({ kind: 'status', status: code });

/** How failures are told apart: what follows from each is decided by its kind alone. */
export function describeFailures(harness: ConformanceHarness, running: () => RunningSystem): void {
  const open: Connector[] = [];
  const connect = (deviation: Deviation): Connector => {
    const connector = running().connect(deviation);
    open.push(connector);
    return connector;
  };
  afterEach(async () => {
    running().faults?.clear();
    await Promise.all(open.splice(0).map((connector) => connector.close()));
  });

  const firstEntity = () => {
    const [first] = running().written;
    if (first === undefined) throw new Error('the harness offers no entity');
    return first;
  };
  const read = (connector: Connector, signal = never) =>
    connector.read(firstEntity().entity, [running().missingId], signal);

  async function write(connector: Connector, signal = never) {
    const { entity, fields } = firstEntity();
    const change = { reference: 'odoo:failure:1', fields: await fields(), uncertain: false };
    return connector.write(entity, [change], signal);
  }

  describe.runIf(harness.faults)('failures', () => {
    it.each([
      [401, 'denied'],
      [403, 'denied'],
      [302, 'unavailable'],
      [402, 'denied'],
      [500, 'unavailable'],
      [503, 'unavailable'],
    ])('sorts a status of %i while reading as %s', async (code, kind) => {
      running().faults?.add({ path: running().readPath, action: status(code), times: 10 });
      expect(await failureOf(read(connect({})))).toMatchObject({ kind });
    });

    it.each([
      [302, 'unavailable'],
      [400, 'invalid'],
      [402, 'denied'],
      [401, 'denied'],
      [403, 'denied'],
      [404, 'missing'],
      [409, 'conflict'],
      [422, 'invalid'],
      [503, 'unavailable'],
    ])('sorts a status of %i while creating as %s', async (code, kind) => {
      running().faults?.add({ ...firstEntity().creates, action: status(code), times: 10 });
      expect(await failureOf(write(connect({})))).toMatchObject({ kind });
    });

    it('says when a system that is asked too often will listen again', async () => {
      const action: FaultAction = { kind: 'status', status: 429, retryAfterSeconds: 7 };
      running().faults?.add({ path: running().readPath, action });
      running().faults?.add({ ...firstEntity().creates, action });
      const expected = { kind: 'limited', retryAfterMilliseconds: 7000 };
      expect(await failureOf(read(connect({})))).toMatchObject(expected);
      expect(await failureOf(write(connect({})))).toMatchObject(expected);
    });

    it.each<FaultAction>([status(500), { kind: 'hang' }, { kind: 'drop' }])(
      'does not claim to know whether a create was done after $kind',
      async (action) => {
        const { creates, repeatable } = firstEntity();
        running().faults?.add({ ...creates, action, times: 10 });
        const failure = await failureOf(write(connect({ timeoutMilliseconds: 200 })));
        expect(failure).toMatchObject({ kind: repeatable ? 'unavailable' : 'ambiguous', mayBeDone: true });
      },
    );

    it.each<FaultAction>([{ kind: 'hang' }, { kind: 'drop' }])(
      'counts a read without answer after $kind as unavailable',
      async (action) => {
        running().faults?.add({ path: running().readPath, action, times: 10 });
        expect(await failureOf(read(connect({ timeoutMilliseconds: 200 })))).toMatchObject({
          kind: 'unavailable',
        });
      },
    );

    it('stops waiting when it is told to', async () => {
      const fault = running().faults?.add({ path: running().readPath, action: { kind: 'hang' } });
      const controller = new AbortController();
      const failure = failureOf(read(connect({}), controller.signal));
      await fault?.met;
      controller.abort();
      expect(await failure).toMatchObject({ kind: 'unavailable' });
    });
  });

  it('counts a system that nobody reaches as unavailable', async () => {
    const connector = connect({ unreachable: true });
    expect(await failureOf(read(connector))).toMatchObject({ kind: 'unavailable' });
    expect(await failureOf(write(connector))).toMatchObject({ kind: 'unavailable', mayBeDone: false });
  });

  it('does nothing when it was told to stop before', async () => {
    const before = await running().count(firstEntity().entity);
    await expect(write(connect({}), AbortSignal.abort())).rejects.toBeInstanceOf(SystemError);
    expect(await running().count(firstEntity().entity)).toBe(before);
  });

  it('checks a working system without errors', async () => {
    const findings = await connect({}).check(never);
    expect(findings.filter(({ level }) => level !== 'ok')).toEqual([]);
    expect(findings).not.toEqual([]);
  });

  it.each<Deviation>([{ unreachable: true }, { wrongSecret: true }])(
    'names a remedy when the check meets %o',
    async (deviation) => {
      const findings = await connect(deviation).check(never);
      const errors = findings.filter(({ level }) => level === 'error');
      expect(errors).not.toEqual([]);
      for (const finding of errors) expect(finding.remedy).toMatch(/\w{4}/);
      expectNoSecrets(findings);
    },
  );

  it('keeps its credentials out of every error', async () => {
    for (const deviation of [{ unreachable: true }, { wrongSecret: true }])
      for (const failure of [
        await failureOf(read(connect(deviation))),
        await failureOf(write(connect(deviation))),
      ])
        expectNoSecrets(failure);
  });

  function expectNoSecrets(value: unknown): void {
    const text = inspect(value, { depth: 10 });
    for (const secret of running().secrets) expect(text).not.toContain(secret);
  }
}
