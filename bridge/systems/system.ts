import type { EntityName } from '../entities/catalogue.ts';
import type { ExtensionKind } from '../entities/extension.ts';
import type { FieldKind, State } from '../entities/field.ts';
import type { ErrorKind } from './error.ts';

/** One object of one system. */
export interface ObjectKey {
  readonly entity: EntityName;
  readonly id: string;
}

/** What a read or a poll says of one object. */
export interface Snapshot extends ObjectKey {
  /** All fields the system knows; `null` when the object is not there (deleted, or not of this entity). */
  readonly state: State | null;
  /** The object is there, but the bridge's user may not see it; `state` is `null`, and says nothing. */
  readonly hidden?: true;
  /** Objects of the same system whose state follows from this one, and which must be read again too. */
  readonly touches?: readonly ObjectKey[];
}

/** One object to be created or changed. */
export interface WriteChange {
  /** The bridge's own name for the object, unique per entity, e.g. `odoo:customer:42`; kept by the partner where it can. */
  readonly reference: string;
  /** Id in this system, when the link is known. */
  readonly id?: string;
  /** The values to write. References are ids of this system already. */
  readonly fields: State;
  /**
   * Those of the fields that only an object gets which is created now: others own them from then on. Where an earlier try
   * has made the object already, a connector leaves them out.
   */
  readonly initial?: readonly string[];
  /**
   * True when an earlier try may have reached the system without its answer reaching us. A connector whose create
   * can not be repeated must then look the object up first.
   */
  readonly uncertain: boolean;
  /**
   * Fields of earlier tries that may have reached the system, newest first, as far as they are known. What such a try
   * created bears the values it had then: where the values are all there is to look for, these are looked for first.
   */
  readonly earlier?: readonly State[];
}

export interface WriteDone {
  readonly ok: true;
  readonly id: string;
  readonly result: 'created' | 'updated' | 'unchanged' | 'adopted';
}

export interface WriteFailed {
  readonly ok: false;
  readonly error: ErrorKind;
  /** A plain sentence for people. */
  readonly message: string;
  readonly retryAfterMilliseconds?: number;
  /** The system may have done it all the same. Default: with `ambiguous` only. */
  readonly mayBeDone?: boolean;
}

export type WriteResult = WriteDone | WriteFailed;

/** One thing to be done with an object of this system, besides writing it: confirming, invoicing. */
export interface ActionRequest {
  /** The bridge's own name for what is done, the same at every try. What is made bears it, so that it is made once. */
  readonly reference: string;
  /** Id of the object in this system. */
  readonly id: string;
  /** What the action takes, by name. References are ids of this system already. */
  readonly fields: State;
  /** True when an earlier try may have reached the system without its answer reaching us. */
  readonly uncertain: boolean;
}

/** One value that an action takes. */
export interface ActionInput {
  /** For people. */
  readonly meaning: string;
  readonly required?: true;
  /** What it has to be. Absent: whatever comes. */
  readonly kind?: FieldKind;
}

/** What can be done with objects of one entity. */
export interface ActionCapability {
  /** For people: what it does, in a plain sentence. */
  readonly meaning: string;
  /** The entity of the object that it is done with. */
  readonly on: EntityName;
  /** The entity of what comes out of it; `WriteDone.id` is the id of that. Absent: it is the object itself. */
  readonly makes?: EntityName;
  /** What it takes, by name. */
  readonly takes: Readonly<Record<string, ActionInput>>;
  /** Objects per call. */
  readonly batch: number;
}

/** Of which objects a list is wanted. */
export interface Extent {
  /** First and last day, both included, of entities that have a day of their own: timesheets, expenses, invoices. */
  readonly from?: string;
  readonly to?: string;
}

/** One object to be removed. */
export interface RemoveChange {
  readonly reference: string;
  readonly id: string;
}

/** One page of a poll. The cursor is stored together with the snapshots, so a crash repeats a page, never skips one. */
export interface PollPage {
  /** Objects as read. */
  readonly snapshots?: readonly Snapshot[];
  /** Objects that changed but still have to be read. */
  readonly hints?: readonly Hint[];
  /**
   * Where the next page starts; opaque to everyone but the connector. Absent: it stays where it was, so that who is
   * interrupted reads this page again.
   */
  readonly cursor?: string;
}

/** Tells that something changed, without values. */
export interface Hint {
  /** Unique in the system; the same hint always has the same id. */
  readonly id: string;
  /** The system's own type and id of the object, as it names them. */
  readonly type: string;
  readonly objectId: string;
  readonly operation: 'create' | 'write' | 'unlink';
  readonly fields: readonly string[];
  readonly author?: string;
  readonly company?: string;
  readonly transaction?: string;
  readonly occurredAt: string;
  /** True when the bridge itself made the change. */
  readonly echo: boolean;
}

/** What one message of a system said. */
export interface HintBatch {
  /** Which installation sent it; for Odoo the UUID of its database. */
  readonly database: string;
  readonly sentAt: string;
  readonly hints: readonly Hint[];
}

export type ParsedHints =
  | { readonly ok: true; readonly batch: HintBatch }
  /** `path` names the place, `events.0.id`; absent where the whole body is meant. */
  | { readonly ok: false; readonly message: string; readonly path?: string };

/** A field of the firm's own, as one system keeps it: the part of an extension of the rules that is about this system. */
export interface SystemExtension {
  readonly entity: EntityName;
  /** Canonical name, which starts with `x_`. */
  readonly field: string;
  readonly kind: ExtensionKind;
  /** For people, who may read it in the system. */
  readonly meaning: string;
  /** For codes: the allowed values. */
  readonly values?: readonly string[];
  /** The field's own name in this system. */
  readonly name: string;
  /** True when the rules write it in this system, false when they only read it there. */
  readonly written: boolean;
}

export interface Capability {
  /** True when the rules can give the entity extension fields here; those then count among `write.fields`. */
  readonly extensible?: true;
  /**
   * Objects per read call; absent when the entity cannot be read by id. `fields` are all that an object can ever have
   * here, besides extension fields; absent where the connector does not say.
   */
  readonly read?: { readonly batch: number; readonly fields?: readonly string[] };
  /** Objects per write call and the fields that can be written; absent when the entity cannot be written. */
  readonly write?: { readonly batch: number; readonly fields: readonly string[] };
  /** Canonical fields that `find` can look up exactly. */
  readonly find?: readonly string[];
  readonly remove?: { readonly batch: number };
}

/** One thing that `bridge check` found out about a system. */
export interface Finding {
  readonly level: 'ok' | 'warning' | 'error';
  /** What was looked at, and how it is. */
  readonly message: string;
  /** What to do about it. */
  readonly remedy?: string;
  /** True when `setup` puts it right, which always comes before the first write. */
  readonly bySetup?: true;
}

/** The code that speaks one system's language. Every method throws `SystemError` when a whole call fails. */
export interface Connector {
  /** Name of the system in the rules, e.g. `hubspot`. */
  readonly system: string;
  readonly entities: Readonly<Partial<Record<EntityName, Capability>>>;
  /** Streams that `poll` can read, by name. */
  readonly streams: readonly string[];
  /**
   * Deliveries taken up at once; for systems whose rate limit lets few through, so that what was taken up is also done
   * before its try ends. Absent where the engine may take as many as it likes.
   */
  readonly claimLimit?: number;
  /** Which entities an object of the system's own type is; empty for types that do not matter. */
  entitiesOf(type: string): readonly EntityName[];
  /** Reads objects; one snapshot per id, in any order. */
  read(entity: EntityName, ids: readonly string[], signal: AbortSignal): Promise<Snapshot[]>;
  /** Ids of the objects whose `field` equals each value: one list per value, in order. */
  find(
    entity: EntityName,
    field: string,
    values: readonly string[],
    signal: AbortSignal,
  ): Promise<string[][]>;
  /** Creates or changes objects; one result per change, in order. */
  write(entity: EntityName, changes: readonly WriteChange[], signal: AbortSignal): Promise<WriteResult[]>;
  /** Removes objects; one result per change, in order. An object that is gone already counts as done. */
  remove(entity: EntityName, changes: readonly RemoveChange[], signal: AbortSignal): Promise<WriteResult[]>;
  /** What can be done besides, by name: `make-quotation`. Absent: nothing. */
  readonly actions?: Readonly<Record<string, ActionCapability>>;
  /**
   * Does one of its actions; one result per request, in order. Doing the same reference again changes nothing and answers
   * the same.
   */
  act?(action: string, requests: readonly ActionRequest[], signal: AbortSignal): Promise<WriteResult[]>;
  /**
   * All objects of an entity as they are now, in pages, each once; those outside the extent may be left out. Reads what
   * the bridge's user may see. Absent entities of `entities` cannot be listed.
   */
  list?(entity: EntityName, extent: Extent, signal: AbortSignal): AsyncIterable<readonly Snapshot[]>;
  /** Reads the raw body of a webhook whose signature is verified already; absent where the system sends none. */
  parseWebhook?(raw: Uint8Array): ParsedHints;
  /** Pages of a stream from a cursor (`undefined`: from the start the connector is configured for) up to now. */
  poll(stream: string, cursor: string | undefined, signal: AbortSignal): AsyncIterable<PollPage>;
  /** Creates what the connector needs in the system (custom properties and the like). Can be run any number of times. */
  setup(signal: AbortSignal): Promise<Finding[]>;
  /** Reachability, credentials, rights, configuration; never throws, changes nothing. */
  check(signal: AbortSignal): Promise<Finding[]>;
  close(): Promise<void>;
}
