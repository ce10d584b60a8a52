import type { EntityName } from '../../bridge/entities/catalogue.ts';
import type { State } from '../../bridge/entities/field.ts';
import type { Connector, SystemExtension } from '../../bridge/systems/system.ts';
import type { FaultSwitch } from '../sandbox/faults.ts';

/** What a test wants to be different about a connection. */
export interface Deviation {
  /** Nothing listens here. */
  readonly unreachable?: boolean;
  /** Credentials that the system does not know. */
  readonly wrongSecret?: boolean;
  readonly timeoutMilliseconds?: number;
  /** Other fields of the firm's own than the running system has. */
  readonly extensions?: readonly SystemExtension[];
}

/** An entity that the connector can write, with values to try it with. */
export interface WrittenEntity {
  readonly entity: EntityName;
  /** Values for a new object, different each time. References point to objects that are there. */
  fields(): Promise<State>;
  /** A change of such an object. */
  readonly change: State;
  /** A change that the system refuses, for its values or for the state that things are in. */
  readonly refused: State;
  /** Method and a part of the path of the request that creates an object. */
  readonly creates: { readonly method: string; readonly path: string };
  /** True when the system itself makes a repeated create harmless, so a lost answer counts as `unavailable`. */
  readonly repeatable: boolean;
}

/** A stream that the connector can poll, with a way to make it move. */
export interface PolledStream {
  readonly stream: string;
  readonly entity: EntityName;
  /** Makes a new object in the system, as people there would; answers its id. */
  create(): Promise<string>;
  /** Changes the object in the system. */
  change(id: string): Promise<void>;
  /** Changes fields of the firm's own in it, as people there would; answers their canonical values. */
  changeOwn?(id: string): Promise<State>;
  /** Deletes it in the system; absent where that cannot be done. */
  remove?(id: string): Promise<void>;
}

/** A system that runs, with a connector to it, and a way to look behind the connector's back. */
export interface RunningSystem {
  readonly connector: Connector;
  /** One more connector to the same system; the suite closes it. */
  connect(deviation: Deviation): Connector;
  /** Of each extended entity one field of every kind, as `ownFields` makes them; the connector knows them. */
  readonly extensions: readonly SystemExtension[];
  /** Texts that no error may contain. */
  readonly secrets: readonly string[];
  /** An id of the system's form that no object has. */
  readonly missingId: string;
  readonly written: readonly WrittenEntity[];
  readonly streams: readonly PolledStream[];
  /** Number of objects in the system, found out without the connector. */
  count(entity: EntityName): Promise<number>;
  /** Lets pass what the system needs until polls see its newest state. */
  settle(): Promise<void>;
  /** Absent where the system cannot be made to fail; those tests are skipped. */
  readonly faults?: FaultSwitch;
  /** Part of the path of the request that reads `written[0].entity`. */
  readonly readPath: string;
  close(): Promise<void>;
}

export interface ConformanceHarness {
  /** Entities that the running system has fields of the firm's own for; none where the connector takes none. */
  readonly extended: readonly EntityName[];
  /** Entities and streams that the running system will offer; one test each. */
  readonly entities: readonly EntityName[];
  readonly streams: readonly string[];
  /** Entities that the connector lists as a whole; each is also the entity of a stream of the running system. */
  readonly listed?: readonly EntityName[];
  /** Whether the running system offers a fault switch. */
  readonly faults: boolean;
  start(): Promise<RunningSystem>;
}
