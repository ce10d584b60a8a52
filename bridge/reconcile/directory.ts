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
  idIn(system: string, from: string, entity: EntityName, id: string): string | undefined;
  entry(system: string, entity: EntityName, id: string): Entry;
  /** Everything may have changed. */
  forget(): void;
}

const mostKept = 50_000;
const unknown: Entry = { customer: undefined, legalEntity: undefined };

/** Values by system, entity and id: looked at for every reference of every object, so without a text made for each. */
function createShelf<Value>() {
  const systems = new Map<string, Map<string, Map<string, Value>>>();
  let size = 0;

  function drawer(system: string, entity: string): Map<string, Value> {
    let entities = systems.get(system);
    if (entities === undefined) {
      entities = new Map();
      systems.set(system, entities);
    }
    let found = entities.get(entity);
    if (found === undefined) {
      found = new Map();
      entities.set(entity, found);
    }
    return found;
  }

  return {
    get: (system: string, entity: string, id: string): Value | undefined =>
      systems.get(system)?.get(entity)?.get(id),
    missing(objects: readonly SystemObject[]): SystemObject[] {
      const wanted: SystemObject[] = [];
      for (const object of objects)
        if (systems.get(object.system)?.get(object.entity)?.has(object.id) !== true) wanted.push(object);
      return wanted;
    },
    put({ system, entity, id }: SystemObject, value: Value): void {
      size++;
      drawer(system, entity).set(id, value);
    },
    isFull: () => size > mostKept,
    clear() {
      size = 0;
      systems.clear();
    },
  };
}

export function createDirectory(store: Pick<Store, 'idsIn' | 'records'>): Directory {
  const idsBySystem = new Map<string, ReturnType<typeof createShelf<string | undefined>>>();
  const entries = createShelf<Entry>();

  function idsIn(system: string) {
    let shelf = idsBySystem.get(system);
    if (shelf === undefined) {
      shelf = createShelf<string | undefined>();
      idsBySystem.set(system, shelf);
    }
    return shelf;
  }

  return {
    async findIds(system, objects) {
      const shelf = idsIn(system);
      let wanted = shelf.missing(objects);
      if (wanted.length === 0) return;
      if (shelf.isFull()) {
        shelf.clear();
        wanted = [...objects];
      }
      const found = await store.idsIn(system, wanted);
      for (const [index, object] of wanted.entries()) shelf.put(object, found[index]);
    },
    async findEntries(objects) {
      let wanted = entries.missing(objects);
      if (wanted.length === 0) return;
      if (entries.isFull()) {
        entries.clear();
        wanted = [...objects];
      }
      const records = await store.records(wanted);
      for (const [index, object] of wanted.entries()) {
        const state = records[index]?.state;
        entries.put(object, state === undefined ? unknown : entryOf(state));
      }
    },
    idIn: (system, from, entity, id) => idsBySystem.get(system)?.get(from, entity, id),
    entry: (system, entity, id) => entries.get(system, entity, id) ?? unknown,
    forget() {
      for (const shelf of idsBySystem.values()) shelf.clear();
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
