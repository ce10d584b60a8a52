import { describe, expect, it } from 'vitest';
import { type EntityName, entityOf } from '../../bridge/entities/catalogue.ts';
import { checkState, type FieldProblem } from '../../bridge/entities/entity.ts';
import type { State } from '../../bridge/entities/field.ts';
import { fieldOf } from '../../bridge/systems/extension.ts';
import type { Connector, SystemExtension, WriteChange } from '../../bridge/systems/system.ts';
import type { ConformanceHarness, RunningSystem, WrittenEntity } from './harness.ts';
import { doneOf, never } from './outcome.ts';

/** A field of the firm's own of every kind. `nameOf` is the field's name in the system. */
export function ownFields(entity: EntityName, nameOf: (field: string) => string): SystemExtension[] {
  const kinds: readonly Pick<SystemExtension, 'field' | 'kind' | 'meaning' | 'values'>[] = [
    { field: 'x_motto', kind: 'text', meaning: 'What they say of themselves.' },
    { field: 'x_segment', kind: 'code', meaning: 'How important they are.', values: ['gold', 'silver'] },
    { field: 'x_on_hold', kind: 'flag', meaning: 'Whether nothing may be sold to them just now.' },
    { field: 'x_score', kind: 'decimal', meaning: 'Score of the last review, 0 to 10,000.' },
    { field: 'x_reviewed_on', kind: 'day', meaning: 'Day of the last review.' },
  ];
  return kinds.map((kind) => ({ ...kind, entity, name: nameOf(kind.field), written: true }));
}

/** Values for the fields that `ownFields` makes. */
export const ownValues: State = {
  x_motto: 'Größer & <schöner> “immer”',
  x_segment: 'gold',
  x_on_hold: true,
  x_score: '1234.5',
  x_reviewed_on: '2026-02-28',
};

/** What is wrong with a state of an entity to which the firm added fields. */
export function stateProblems(
  entity: EntityName,
  extensions: readonly SystemExtension[],
  state: State | null | undefined,
): FieldProblem[] {
  const { name, fields } = entityOf(entity);
  const own = extensions
    .filter((extension) => extension.entity === entity)
    .map((extension) => [extension.field, { ...fieldOf(extension), owner: 'erp' }] as const);
  return checkState({ name, fields: { ...fields, ...Object.fromEntries(own) } }, state ?? {});
}

/** The firm's own fields are read, written and checked like the others. */
export function describeOwnFields(harness: ConformanceHarness, running: () => RunningSystem): void {
  describe.each([...harness.extended])("the firm's own fields of %s", (entity) => {
    const written = (): WrittenEntity => {
      const found = running().written.find((candidate) => candidate.entity === entity);
      if (found === undefined) throw new Error(`the harness does not offer ${entity}`);
      return found;
    };
    let references = 0;
    const change = async (fields: State, more: Partial<WriteChange> = {}): Promise<WriteChange> => ({
      reference: `odoo:${entity}:own-${++references}`,
      fields: more.id === undefined ? { ...(await written().fields()), ...fields } : fields,
      uncertain: false,
      ...more,
    });
    const write = (...changes: WriteChange[]) => running().connector.write(entity, changes, never);
    const read = async (id: string) => {
      const [snapshot] = await running().connector.read(entity, [id], never);
      return snapshot?.state;
    };

    it('are among those that can be written', () => {
      const { extensible, write } = running().connector.entities[entity] ?? {};
      expect(extensible).toBe(true);
      expect(write?.fields).toEqual(expect.arrayContaining(Object.keys(ownValues)));
    });

    it('come back as they were written', async () => {
      const [result] = await write(await change(ownValues));
      const state = await read(doneOf(result).id);
      expect(state).toMatchObject(ownValues);
      expect(stateProblems(entity, running().extensions, state)).toEqual([]);
    });

    it('are changed alone, and stay when others change', async () => {
      const created = await change(ownValues);
      const { id } = doneOf((await write(created))[0]);
      doneOf((await write({ ...created, id, fields: { x_segment: 'silver', x_score: '7' } }))[0]);
      doneOf((await write({ ...created, id, fields: written().change }))[0]);
      expect(await read(id)).toMatchObject({ ...ownValues, x_segment: 'silver', x_score: '7' });
    });

    it('are emptied', async () => {
      const created = await change(ownValues);
      const { id } = doneOf((await write(created))[0]);
      const empty = Object.fromEntries(Object.keys(ownValues).map((field) => [field, null]));
      doneOf((await write({ ...created, id, fields: empty }))[0]);
      const state = await read(id);
      expect(state).toMatchObject({ x_motto: null, x_segment: null, x_reviewed_on: null });
      // Some systems keep no empty ones of these.
      expect([null, false]).toContain(state?.x_on_hold);
      expect([null, '0']).toContain(state?.x_score);
    });

    it.each<State>([
      { x_segment: 'platinum' },
      { x_score: 'a lot' },
      { x_reviewed_on: 'yesterday' },
      { x_on_hold: 'perhaps' },
    ])('refuse %o, and nothing else of the call', async (wrong) => {
      const results = await write(await change(ownValues), await change({ ...ownValues, ...wrong }));
      doneOf(results[0]);
      expect(results[1]).toMatchObject({ ok: false, error: 'invalid' });
    });

    it('are named by the check where they are not there, or of another kind', async () => {
      const [text, ...others] = running().extensions.filter((extension) => extension.entity === entity);
      if (text?.kind !== 'text') throw new Error('the harness offers no own text');
      const wrong: SystemExtension[] = [
        { ...text, name: 'x_never_made' },
        ...others.map((extension) => ({ ...extension, kind: extension.kind === 'flag' ? 'day' : 'flag' })),
      ] as SystemExtension[];
      const connector: Connector = running().connect({ extensions: wrong });
      const findings = await connector.check(never);
      await connector.close();
      const errors = findings.filter(({ level }) => level === 'error');
      for (const { name } of wrong)
        expect(errors).toContainEqual(
          expect.objectContaining({
            message: expect.stringContaining(name),
            remedy: expect.stringMatching(/\w{4}/),
          }),
        );
    });
  });
}
