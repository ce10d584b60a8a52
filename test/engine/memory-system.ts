import type { EntityName } from '../../bridge/entities/catalogue.ts';
import type { State } from '../../bridge/entities/field.ts';
import { type ErrorKind, lostAnswer, SystemError } from '../../bridge/systems/error.ts';
import type {
  ActionCapability,
  ActionRequest,
  Capability,
  Connector,
  Extent,
  Finding,
  ObjectKey,
  PollPage,
  RemoveChange,
  Snapshot,
  WriteChange,
  WriteResult,
} from '../../bridge/systems/system.ts';

export type Method = 'read' | 'find' | 'write' | 'remove' | 'poll' | 'list' | 'setup' | 'act';

/** One call, as the system saw it. */
export interface Call {
  readonly method: Method;
  readonly entity: EntityName | undefined;
  /** Ids read or removed, values looked for, references written. */
  readonly keys: readonly string[];
  readonly changes: readonly WriteChange[];
}

/** What goes wrong with one call. */
export type Fault =
  /** The whole call fails, and nothing was done. */
  | { readonly kind: 'call'; readonly error: SystemError }
  /** These items fail, by reference; nothing was done for them. */
  | { readonly kind: 'items'; readonly errors: Readonly<Record<string, ErrorKind>> }
  /** All is done, then the answer is lost. `repeatable`: of a call that its connector may repeat as it is. */
  | { readonly kind: 'lost'; readonly repeatable?: boolean }
  /** Nothing is answered until the caller gives up. `done`: the work was done all the same. */
  | { readonly kind: 'hang'; readonly done: boolean }
  /** The connector has a bug. */
  | { readonly kind: 'bug' };

interface StoredObject {
  state: State;
  reference: string | undefined;
}

/** A gate in front of the next call. */
export interface Gate {
  /** Resolves when the call stands at the gate. */
  readonly reached: Promise<void>;
  /** Lets it do its work and answer. */
  open(): void;
}

export interface MemorySystemOptions {
  readonly name: string;
  readonly entities: Partial<Record<EntityName, Partial<Capability>>>;
  /** How many objects go into one call; default 100. */
  readonly batch?: number;
  /** Decides what goes wrong with a call; asked once for each. */
  readonly fault?: (call: Call) => Fault | undefined;
}

/**
 * A system in memory, as strict as a bad partner: a create that is repeated makes a second object, unless the caller
 * says that it is uncertain; then the reference is looked up.
 */
export class MemorySystem implements Connector {
  readonly system: string;
  readonly entities: Partial<Record<EntityName, Capability>>;
  readonly streams: readonly string[] = ['all'];
  claimLimit?: number;
  readonly journal: Call[] = [];
  /** Goes up whenever something happens here; who waits for quiet looks at it. */
  activity = 0;
  /** Pages that the next polls of a stream give, by stream. */
  readonly pages = new Map<string, PollPage[]>();
  /** Cursors that polls came with. */
  readonly cursors: (string | undefined)[] = [];
  findings: Finding[] = [];
  /** What its search shows already; by its id everything can be read. */
  searchable: (key: ObjectKey) => boolean = () => true;
  /** What its user may not see; it is there all the same. */
  hides: (key: ObjectKey) => boolean = () => false;
  touches: (key: ObjectKey) => readonly ObjectKey[] = () => [];
  /** What can be done with its objects besides; the same reference makes one object, however often it is asked for. */
  actions: Record<string, ActionCapability> = {};
  /** What it says to an action besides doing it; `undefined`: it does it. */
  refuses: (action: string, request: ActionRequest) => WriteResult | undefined = () => undefined;
  /** Everything that was done, in order. */
  readonly done: { action: string; request: ActionRequest; made: string }[] = [];
  /** What it leaves out when it lists everything, though it is there. */
  unlisted: (key: ObjectKey) => boolean = () => false;
  fault: (call: Call) => Fault | undefined;
  /** Turns of the event loop that a call takes to get here, and its answer to get back. */
  distance: () => number = () => 1;
  #faults: { method: Method; fault: Fault }[] = [];
  #gates: { method: Method; reach: () => void; opened: Promise<void> }[] = [];
  #objects = new Map<string, StoredObject>();
  #nextId = 1;
  readonly #batch: number;

  constructor(options: MemorySystemOptions) {
    this.system = options.name;
    const batch = options.batch ?? 100;
    this.#batch = batch;
    this.entities = Object.fromEntries(
      Object.entries(options.entities).map(([entity, capability]) => [
        entity,
        {
          read: { batch },
          write: { batch, fields: [] },
          remove: { batch },
          find: ['name', 'email', 'vat', 'domain'],
          ...capability,
        },
      ]),
    );
    this.fault = options.fault ?? (() => undefined);
  }

  // What people do in the system, and what tests look at.

  put(entity: EntityName, id: string, state: State): void {
    const known = this.#objects.get(`${entity} ${id}`);
    this.#objects.set(`${entity} ${id}`, { state, reference: known?.reference });
  }

  /** Changes some fields of an object. */
  patch(entity: EntityName, id: string, fields: State): void {
    this.put(entity, id, { ...this.get(entity, id), ...fields });
  }

  delete(entity: EntityName, id: string): void {
    this.#objects.delete(`${entity} ${id}`);
  }

  get(entity: EntityName, id: string): State | undefined {
    return this.#objects.get(`${entity} ${id}`)?.state;
  }

  /** Every object of an entity, by id. */
  all(entity: EntityName): Record<string, State> {
    const found: Record<string, State> = {};
    for (const [key, { state }] of this.#objects) {
      const [of, id] = key.split(' ') as [string, string];
      if (of === entity) found[id] = state;
    }
    return found;
  }

  states(entity: EntityName): State[] {
    return Object.values(this.all(entity));
  }

  calls(method: Method): Call[] {
    return this.journal.filter((call) => call.method === method);
  }

  /** The next calls of `method` go wrong, one fault each. */
  failNext(method: Method, ...faults: Fault[]): void {
    for (const fault of faults) this.#faults.push({ method, fault });
  }

  /** Holds the next call of `method` back until the gate is opened. */
  gate(method: Method): Gate {
    let reach: () => void = () => {};
    let open: () => void = () => {};
    const reached = new Promise<void>((resolve) => {
      reach = resolve;
    });
    const opened = new Promise<void>((resolve) => {
      open = resolve;
    });
    this.#gates.push({ method, reach, opened });
    return { reached, open };
  }

  // What the bridge calls.

  entitiesOf(type: string): readonly EntityName[] {
    const entity = type.replace(`${this.system}.`, '') as EntityName;
    return this.entities[entity] === undefined ? [] : [entity];
  }

  read(entity: EntityName, ids: readonly string[], signal: AbortSignal) {
    return this.#call({ method: 'read', entity, keys: ids, changes: [] }, signal, () =>
      ids.map((id) =>
        this.hides({ entity, id })
          ? { entity, id, state: null, hidden: true as const }
          : { entity, id, state: this.get(entity, id) ?? null, touches: this.touches({ entity, id }) },
      ),
    );
  }

  find(entity: EntityName, field: string, values: readonly string[], signal: AbortSignal) {
    return this.#call({ method: 'find', entity, keys: values, changes: [] }, signal, () =>
      values.map((value) =>
        Object.entries(this.all(entity)).flatMap(([id, state]) =>
          state[field] === value && this.searchable({ entity, id }) ? [id] : [],
        ),
      ),
    );
  }

  write(entity: EntityName, changes: readonly WriteChange[], signal: AbortSignal): Promise<WriteResult[]> {
    const keys = changes.map((change) => change.reference);
    return this.#call({ method: 'write', entity, keys, changes }, signal, (errors) =>
      changes.map((change) => errors[change.reference] ?? this.#writeOne(entity, change)),
    );
  }

  remove(entity: EntityName, changes: readonly RemoveChange[], signal: AbortSignal): Promise<WriteResult[]> {
    const keys = changes.map((change) => change.id);
    return this.#call({ method: 'remove', entity, keys, changes: [] }, signal, (errors) =>
      changes.map(({ id, reference }) => {
        const error = errors[reference];
        if (error !== undefined) return error;
        const result = this.get(entity, id) === undefined ? 'unchanged' : 'updated';
        this.delete(entity, id);
        return { ok: true, id, result };
      }),
    );
  }

  async *poll(stream: string, cursor: string | undefined, signal: AbortSignal): AsyncIterable<PollPage> {
    this.cursors.push(cursor);
    const pages = this.pages.get(stream) ?? [];
    while (pages.length > 0) {
      const call = { method: 'poll', entity: undefined, keys: [stream], changes: [] } as const;
      yield await this.#call(call, signal, () => pages.shift() as PollPage);
    }
  }

  async *list(entity: EntityName, extent: Extent, signal: AbortSignal): AsyncIterable<readonly Snapshot[]> {
    const { from = '', to = '9999' } = extent;
    const ids = Object.entries(this.all(entity)).flatMap(([id, { day }]) =>
      (typeof day === 'string' && (day < from || day > to)) || this.unlisted({ entity, id }) ? [] : [id],
    );
    for (let start = 0; start < ids.length; start += this.#batch) {
      const keys = ids.slice(start, start + this.#batch);
      yield await this.#call({ method: 'list', entity, keys, changes: [] }, signal, () =>
        keys.flatMap((id): Snapshot[] => {
          const state = this.get(entity, id);
          return state === undefined ? [] : [{ entity, id, state, touches: this.touches({ entity, id }) }];
        }),
      );
    }
  }

  act(action: string, requests: readonly ActionRequest[], signal: AbortSignal): Promise<WriteResult[]> {
    const keys = requests.map(({ reference }) => reference);
    return this.#call(
      { method: 'act', entity: this.actions[action]?.on, keys, changes: [] },
      signal,
      (errors) =>
        requests.map(
          (request) =>
            errors[request.reference] ?? this.refuses(action, request) ?? this.#actOne(action, request),
        ),
    );
  }

  setup(signal: AbortSignal): Promise<Finding[]> {
    return this.#call(
      { method: 'setup', entity: undefined, keys: [], changes: [] },
      signal,
      () => this.findings,
    );
  }

  async check(): Promise<Finding[]> {
    return [];
  }

  async close(): Promise<void> {}

  async #call<Answer>(
    call: Call,
    signal: AbortSignal,
    work: (errors: Record<string, WriteResult>) => Answer,
  ): Promise<Answer> {
    signal.throwIfAborted();
    this.activity++;
    this.journal.push(call);
    await this.#onTheWay();
    await this.#passGate(call.method);
    const fault = this.#faultFor(call);
    try {
      return await this.#answer(fault, signal, work);
    } finally {
      await this.#onTheWay();
    }
  }

  async #onTheWay(): Promise<void> {
    for (let left = this.distance(); left > 0; left--) {
      this.activity++;
      await new Promise((resolve) => setImmediate(resolve));
    }
    this.activity++;
  }

  async #answer<Answer>(
    fault: Fault | undefined,
    signal: AbortSignal,
    work: (errors: Record<string, WriteResult>) => Answer,
  ): Promise<Answer> {
    switch (fault?.kind) {
      case 'call':
        throw fault.error;
      case 'bug':
        throw new TypeError('undefined is not a function');
      case 'items':
        return work(this.#itemErrors(fault.errors));
      case 'lost':
        work({});
        throw lostAnswer(fault.repeatable === true, 'the connection broke before the answer came', {
          system: this.system,
        });
      case 'hang':
        if (fault.done) work({});
        return aborted(signal);
      default:
        return work({});
    }
  }

  error(kind: ErrorKind, message: string, more: { status?: number; retryAfterMilliseconds?: number } = {}) {
    return new SystemError(kind, message, { system: this.system, ...more });
  }

  async #passGate(method: Method): Promise<void> {
    const index = this.#gates.findIndex((gate) => gate.method === method);
    if (index < 0) return;
    const [gate] = this.#gates.splice(index, 1);
    gate?.reach();
    await gate?.opened;
  }

  #faultFor(call: Call): Fault | undefined {
    const index = this.#faults.findIndex(({ method }) => method === call.method);
    return index < 0 ? this.fault(call) : this.#faults.splice(index, 1)[0]?.fault;
  }

  #itemErrors(errors: Readonly<Record<string, ErrorKind>>): Record<string, WriteResult> {
    return Object.fromEntries(
      Object.entries(errors).map(([reference, error]) => [
        reference,
        { ok: false, error, message: `${reference} is ${error}` },
      ]),
    );
  }

  #writeOne(entity: EntityName, change: WriteChange): WriteResult {
    const known = change.id ?? (change.uncertain ? this.#idOf(entity, change.reference) : undefined);
    if (known === undefined) {
      const id = `${this.system}-${this.#nextId++}`;
      this.#objects.set(`${entity} ${id}`, { state: { ...change.fields }, reference: change.reference });
      return { ok: true, id, result: 'created' };
    }
    const object = this.#objects.get(`${entity} ${known}`);
    if (object === undefined)
      return { ok: false, error: 'missing', message: `${entity} ${known} is not there` };
    const result = object.reference === undefined ? 'adopted' : 'updated';
    const kept = Object.entries(change.fields).filter(([field]) => change.initial?.includes(field) !== true);
    object.state = { ...object.state, ...Object.fromEntries(kept) };
    object.reference = change.reference;
    return { ok: true, id: known, result };
  }

  #actOne(action: string, request: ActionRequest): WriteResult {
    const { makes } = this.actions[action] as ActionCapability;
    const known = this.done.find(({ request: { reference } }) => reference === request.reference);
    if (known !== undefined) return { ok: true, id: known.made, result: 'unchanged' };
    const made = makes === undefined ? request.id : `${this.system}-${this.#nextId++}`;
    this.done.push({ action, request, made });
    if (makes !== undefined)
      this.#objects.set(`${makes} ${made}`, { state: { ...request.fields }, reference: request.reference });
    return { ok: true, id: made, result: makes === undefined ? 'updated' : 'created' };
  }

  #idOf(entity: EntityName, reference: string): string | undefined {
    for (const [key, object] of this.#objects)
      if (object.reference === reference && key.startsWith(`${entity} `)) return key.slice(entity.length + 1);
    return undefined;
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    else signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
