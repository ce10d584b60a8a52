import type { EntityName } from '../entities/catalogue.ts';
import type { State } from '../entities/field.ts';
import type { SystemObject } from '../store/record.ts';
import type { Store } from '../store/store.ts';

/** What is asked of a referred object. */
interface Entry {
  readonly customer: string | undefined;
  readonly legalEntity: string | undefined;
}

/** Many objects refer to the same few, so what was found is kept for a while. */
export interface Directory {
  /** Finds the ids in `system` of all these objects. */
  findIds(system: string, objects: readonly SystemObject[]): Promise<void>;
  /** Finds out about all these objects. */
  findEntries(objects: readonly SystemObject[]): Promise<void>;
  /** What `findIds` found. */
  idIn(system: string, object: SystemObject): string | undefined;
  entry(object: SystemObject): Entry;
  /** Everything may have changed. */
  forget(): void;
}

const mostKept = 50_000;
const unknown: Entry = { customer: undefined, legalEntity: undefined };

export function createDirectory(store: Pick<Store, 'idsIn' | 'records'>): Directory {
  const ids = new Map<string, string | undefined>();
  const entries = new Map<string, Entry>();
  const nameOf = ({ system, entity, id }: SystemObject) => `${system} ${entity} ${id}`;

  const missing = (kept: ReadonlyMap<string, unknown>, prefix: string, objects: readonly SystemObject[]) => [
    ...new Map(
      objects.flatMap((object) => {
        const name = prefix + nameOf(object);
        return kept.has(name) ? [] : [[name, object] as const];
      }),
    ),
  ];

  return {
    async findIds(system, objects) {
      const wanted = missing(ids, `${system} `, objects);
      if (wanted.length === 0) return;
      if (ids.size > mostKept) ids.clear();
      const all = ids.size === 0 ? missing(ids, `${system} `, objects) : wanted;
      const found = await store.idsIn(
        system,
        all.map(([, object]) => object),
      );
      for (const [index, [name]] of all.entries()) ids.set(name, found[index]);
    },
    async findEntries(objects) {
      const wanted = missing(entries, '', objects);
      if (wanted.length === 0) return;
      if (entries.size > mostKept) entries.clear();
      const all = entries.size === 0 ? missing(entries, '', objects) : wanted;
      const records = await store.records(all.map(([, object]) => object));
      for (const [index, [name]] of all.entries()) {
        const state = records[index]?.state;
        entries.set(name, state === undefined ? unknown : entryOf(state));
      }
    },
    idIn: (system, object) => ids.get(`${system} ${nameOf(object)}`),
    entry: (object) => entries.get(nameOf(object)) ?? unknown,
    forget() {
      ids.clear();
      entries.clear();
    },
  };
}

const entryOf = (state: State): Entry => ({
  customer: textOf(state, 'customer'),
  legalEntity: textOf(state, 'legal_entity'),
});

/** `undefined` also for what is empty. */
export function textOf(state: State | undefined, field: string): string | undefined {
  const value = state?.[field];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** An object that a field of a state refers to. */
export function referred(
  system: string,
  entity: EntityName,
  state: State | undefined,
  field: string,
): SystemObject[] {
  const id = textOf(state, field);
  return id === undefined ? [] : [{ system, entity, id }];
}
