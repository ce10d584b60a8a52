import type { Terrain } from '../engine/landscape.ts';
import { entityOf } from '../entities/catalogue.ts';
import type { State } from '../entities/field.ts';
import { type Flow, type FlowObject, subject as subjectName } from '../rules/flow.ts';
import type { Watched, WatchedObject } from '../store/flow-instance.ts';
import type { StoredRecord, SystemObject } from '../store/record.ts';
import { mostReferring, type Relation, referredIds } from '../store/relation.ts';
import { anyField, noField } from './fields.ts';

/** What is known of the objects of all systems. */
export interface FindWorld {
  record(object: SystemObject): StoredRecord | undefined;
  idIn(object: SystemObject, system: string): string | undefined;
  readonly relations: { referring(relation: Relation, value: string, limit: number): string[] };
}

/** One of the objects that a name of a flow stands for. */
export type Found =
  | { readonly object: SystemObject; readonly state: State; readonly readAt: string; readonly absent?: never }
  | {
      readonly object?: never;
      readonly state?: never;
      readonly absent: Absence;
    };

/** Why an object is not there. */
export interface Absence {
  /** `unread`: it is there as far as anybody knows, but was never read. */
  readonly kind: 'empty' | 'unlinked' | 'gone' | 'unread';
  /** The object that it is missing of, or itself. */
  readonly at: SystemObject;
  /** For people: a plain sentence. */
  readonly text: string;
}

export interface Finder {
  /** The objects that a name stands for; those that are missing too. */
  all(name: string): readonly Found[];
  /** States by name, of names that stand for one object. */
  states(names: Iterable<string>): Map<string, State | undefined>;
  /** What stands for an object where there is none at all. */
  anchor(name: string): SystemObject;
  several(name: string): boolean;
  /**
   * Everything that was looked at since `forget`, besides the subject.
   *
   * @param reads the fields that matter, by name
   */
  watched(reads: ReadonlyMap<string, ReadonlySet<string>>): Watched[];
  forget(): void;
}

/** An object that was looked at under a name of the flow; under none where it only leads to others. */
interface Touched extends WatchedObject {
  readonly name: string;
}

const severals = new WeakMap<Flow, ReadonlyMap<string, boolean>>();

/** Which names of a flow may stand for several objects. */
function severalOf(flow: Flow): ReadonlyMap<string, boolean> {
  let known = severals.get(flow);
  if (known === undefined) {
    const found = new Map([[subjectName, false]]);
    const entities = new Map([[subjectName, flow.entity]]);
    for (const { name, of, by, entity } of flow.objects) {
      entities.set(name, entity);
      const from = entities.get(of);
      const many =
        by.kind === 'field' && from !== undefined && entityOf(from).fields[by.field]?.kind === 'references';
      found.set(name, by.kind === 'back' || many || found.get(of) === true);
    }
    known = found;
    severals.set(flow, known);
  }
  return known;
}

const objectsByName = new WeakMap<Flow, ReadonlyMap<string, FlowObject>>();

export function flowObject(flow: Flow, name: string): FlowObject | undefined {
  let known = objectsByName.get(flow);
  if (known === undefined) {
    known = new Map(flow.objects.map((object) => [object.name, object]));
    objectsByName.set(flow, known);
  }
  return known.get(name);
}

/** `timesheet 5 of harvest`, as people read it. */
export const named = ({ entity, id, system }: SystemObject): string => `${entity} ${id} of ${system}`;

/** Finds the objects of one instance, and takes down what it looked at. */
export function createFinder(flow: Flow, subject: SystemObject, world: FindWorld, terrain: Terrain): Finder {
  const known = new Map<string, readonly Found[]>();
  const anchors = new Map<string, SystemObject>();
  const touched = new Map<string, Touched[]>();
  let watching = new Map<string, Touched>();

  function recorded(object: SystemObject): Found {
    const record = world.record(object);
    if (record === undefined)
      return { absent: { kind: 'unread', at: object, text: `${named(object)} was not read yet.` } };
    if (record.gone) return { absent: { kind: 'gone', at: object, text: `${named(object)} is gone.` } };
    return { object, state: record.state, readAt: record.readAt };
  }

  function all(name: string): readonly Found[] {
    let found = known.get(name);
    if (found === undefined) {
      if (name === subjectName) {
        found = [recorded(subject)];
        anchors.set(name, subject);
        touched.set(name, []);
      } else {
        const definition = flowObject(flow, name);
        if (definition === undefined) throw new Error(`The flow ${flow.id} has no object "${name}"`);
        const watch: Touched[] = [];
        found = followed(definition, watch);
        touched.set(name, [...watch, ...(touched.get(definition.of) ?? [])]);
      }
      known.set(name, found);
    }
    for (const one of touched.get(name) ?? [])
      watching.set(`${one.name} ${one.system} ${one.entity} ${one.id}`, one);
    return found;
  }

  function followed(definition: FlowObject, watch: Touched[]): Found[] {
    const system = terrain.systemIn(definition.in);
    const parents = all(definition.of);
    anchors.set(definition.name, anchors.get(definition.of) ?? subject);
    const found = new Map<string, Found>();
    for (const parent of parents) {
      const next =
        system === undefined || parent.absent !== undefined
          ? [parent]
          : follow(definition, parent, system, watch);
      for (const one of next) {
        const at = one.object ?? one.absent?.at;
        found.set(`${at?.system} ${at?.entity} ${at?.id} ${one.absent?.kind}`, one);
      }
    }
    return [...found.values()];
  }

  function follow(
    { name, entity, by }: FlowObject,
    parent: Extract<Found, { object: SystemObject }>,
    system: string,
    watch: Touched[],
  ): Found[] {
    const { object: from, state } = parent;
    const take = (object: SystemObject): Found => {
      watch.push({ name, ...object });
      anchors.set(name, object);
      return recorded(object);
    };
    const across = (object: SystemObject): string | undefined =>
      object.system === system ? object.id : world.idIn(object, system);
    const unlinked = (at: SystemObject): Found => ({
      absent: { kind: 'unlinked', at, text: `${named(at)} is not known in ${system}.` },
    });
    if (by.kind === 'back') {
      const id = across(from);
      if (id === undefined) return [unlinked(from)];
      watch.push({ name, system, entity: `${entity}.${by.field}`, id });
      anchors.set(name, from);
      return world.relations
        .referring({ system, entity, field: by.field }, id, mostReferring)
        .map((other) => recorded({ system, entity, id: other }));
    }
    if (by.kind === 'same') {
      const id = across(from);
      return [id === undefined ? unlinked(from) : take({ system, entity, id })];
    }
    const ids = referredIds(state[by.field]);
    if (ids.length === 0) {
      anchors.set(name, from);
      const text = `${named(from)} names no ${by.field}.`;
      return severalOf(flow).get(name) === true ? [] : [{ absent: { kind: 'empty', at: from, text } }];
    }
    return ids.map((id) => {
      const there = { system: from.system, entity, id };
      const own = across(there);
      if (own !== undefined) return take({ system, entity, id: own });
      watch.push({ name: '', ...there });
      return unlinked(there);
    });
  }

  return {
    all,
    states(names) {
      const states = new Map<string, State | undefined>();
      for (const name of names) if (severalOf(flow).get(name) !== true) states.set(name, all(name)[0]?.state);
      return states;
    },
    anchor(name) {
      all(name);
      return anchors.get(name) ?? subject;
    },
    several: (name) => severalOf(flow).get(name) === true,
    watched(reads) {
      const fields = new Map<string, { readonly object: Touched; readonly fields: Set<string> }>();
      for (const object of watching.values()) {
        const key = `${object.system} ${object.entity} ${object.id}`;
        const known = fields.get(key) ?? { object, fields: new Set() };
        for (const field of reads.get(object.name) ?? []) known.fields.add(field);
        fields.set(key, known);
      }
      return [...fields.values()].map(({ object: { system, entity, id }, fields: read }) => ({
        system,
        entity,
        id,
        fields: read.has(anyField) ? anyField : [...read].sort().join(',') || noField,
      }));
    },
    forget() {
      watching = new Map();
    },
  };
}
