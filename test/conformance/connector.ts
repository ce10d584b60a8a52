import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { State } from '../../bridge/entities/field.ts';
import type { WriteChange } from '../../bridge/systems/system.ts';
import { describeFailures } from './failures.ts';
import type { ConformanceHarness, RunningSystem, WrittenEntity } from './harness.ts';
import { describeListing } from './listing.ts';
import { doneOf, drain, expectFields, never } from './outcome.ts';
import { describeOwnFields, stateProblems } from './own-fields.ts';

/** What every connector must do, whichever system it speaks to. */
export function describeConnector(name: string, harness: ConformanceHarness): void {
  describe(`${name} as a connector`, () => {
    let system: RunningSystem;
    beforeEach(async () => {
      system = await harness.start();
    });
    afterEach(() => system.close());

    describe.each([...harness.entities])('writing %s', (entity) => {
      let written: WrittenEntity;
      beforeEach(() => {
        const found = system.written.find((candidate) => candidate.entity === entity);
        if (found === undefined) throw new Error(`the harness does not offer ${entity}`);
        written = found;
      });

      let references = 0;
      const change = (fields: State, more: Partial<WriteChange> = {}): WriteChange => ({
        reference: `odoo:${entity}:${++references}`,
        fields,
        uncertain: false,
        ...more,
      });
      const writeOne = async (item: WriteChange) => (await system.connector.write(entity, [item], never))[0];

      it('says of an object that is not there that its state is null', async () => {
        const id = system.missingId;
        expect(await system.connector.read(entity, [id], never)).toEqual([{ entity, id, state: null }]);
      });

      it('reads back what it wrote, in canonical form', async () => {
        const fields = await written.fields();
        const { id, result } = doneOf(await writeOne(change(fields)));
        expect(result).toBe('created');
        const [snapshot] = await system.connector.read(entity, [id], never);
        expectFields(entity, snapshot?.state, fields);
        expect(stateProblems(entity, system.extensions, snapshot?.state)).toEqual([]);
      });

      it('changes an object by its id and leaves its other fields alone', async () => {
        const fields = await written.fields();
        const created = change(fields);
        const { id } = doneOf(await writeOne(created));
        const changed = doneOf(await writeOne({ ...created, id, fields: written.change }));
        expect(changed).toMatchObject({ id, result: 'updated' });
        const [snapshot] = await system.connector.read(entity, [id], never);
        expectFields(entity, snapshot?.state, { ...fields, ...written.change });
      });

      it('has one effect when the same change is written twice', async () => {
        const item = change(await written.fields());
        const before = await system.count(entity);
        const first = doneOf(await writeOne(item));
        const second = doneOf(await writeOne(item));
        const third = doneOf(await writeOne({ ...item, id: first.id, uncertain: true }));
        expect([second.id, third.id]).toEqual([first.id, first.id]);
        expect(await system.count(entity)).toBe(before + 1);
      });

      it('does not harm the other objects of a call when one is refused', async () => {
        const good = [change(await written.fields()), change(await written.fields())];
        const refused = change({ ...(await written.fields()), ...written.refused });
        const before = await system.count(entity);
        const results = await system.connector.write(
          entity,
          [good[0], refused, good[1]].filter((item) => item !== undefined),
          never,
        );
        expect(results).toHaveLength(3);
        const ids = [doneOf(results[0]).id, doneOf(results[2]).id];
        expect(new Set(ids).size).toBe(2);
        expect(results[1]).toMatchObject({ ok: false, error: expect.stringMatching(/^(invalid|conflict)$/) });
        expect(await system.count(entity)).toBe(before + 2);
      });

      it('says that an object is missing when its id is not there any more', async () => {
        const item = change(written.change, { id: system.missingId });
        expect(await writeOne(item)).toMatchObject({ ok: false, error: 'missing' });
      });

      it.runIf(harness.faults)('has one effect when the answer to a create is lost', async () => {
        const item = change(await written.fields());
        const before = await system.count(entity);
        system.faults?.add({ ...written.creates, action: { kind: 'commit-then-drop' } });
        // The connector may notice and repeat it by itself, or leave that to the caller.
        const [first] = await system.connector.write(entity, [item], never);
        if (first?.ok === false) expect(first.error).toBe(written.repeatable ? 'unavailable' : 'ambiguous');
        expect(await system.count(entity)).toBe(before + 1);
        const { id } = doneOf(await writeOne({ ...item, uncertain: true }));
        expect(await system.count(entity)).toBe(before + 1);
        const [snapshot] = await system.connector.read(entity, [id], never);
        expectFields(entity, snapshot?.state, item.fields);
      });
    });

    describe.each([...harness.streams])('polling %s', (name) => {
      const streamOf = () => {
        const found = system.streams.find((candidate) => candidate.stream === name);
        if (found === undefined) throw new Error(`the harness does not offer the stream ${name}`);
        return found;
      };
      const poll = async (cursor: string | undefined) => {
        await system.settle();
        return drain(system.connector.poll(name, cursor, never));
      };

      it('delivers everything from the start, then only what is new', async () => {
        const { create, change, entity } = streamOf();
        const ids = [await create(), await create(), await create()];
        const all = await poll(undefined);
        const delivered = all.snapshots.map(({ id }) => id);
        for (const id of ids) expect(delivered.filter((candidate) => candidate === id)).toEqual([id]);
        for (const snapshot of all.snapshots) {
          expect(snapshot.entity).toBe(entity);
          expect(stateProblems(entity, system.extensions, snapshot.state)).toEqual([]);
        }

        const nothing = await poll(all.cursor);
        expect(nothing.snapshots).toEqual([]);

        const more = await create();
        await change(ids[1] as string);
        const news = await poll(nothing.cursor);
        expect(news.snapshots.map(({ id }) => id).sort()).toEqual([ids[1], more].sort());
        expect((await poll(news.cursor)).snapshots).toEqual([]);
      });

      it("notices what people change in the firm's own fields", async (context) => {
        const { create, changeOwn } = streamOf();
        if (changeOwn === undefined) return context.skip();
        const ids = [await create(), await create()];
        const all = await poll(undefined);
        const state = await changeOwn(ids[0] as string);
        const news = await poll(all.cursor);
        expect(news.snapshots).toMatchObject([{ id: ids[0], state }]);
      });

      it('notices what was deleted', async (context) => {
        const { create, remove } = streamOf();
        if (remove === undefined) return context.skip();
        const ids = [await create(), await create()];
        const all = await poll(undefined);
        await remove(ids[0] as string);
        const news = await poll(all.cursor);
        expect(news.snapshots).toMatchObject([{ id: ids[0], state: null }]);
        expect((await poll(news.cursor)).snapshots).toEqual([]);
      });
    });

    describeListing(harness, () => system);
    describeOwnFields(harness, () => system);
    describeFailures(harness, () => system);
  });
}
