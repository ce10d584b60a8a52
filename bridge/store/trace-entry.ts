import type { Selectable } from 'kysely';
import type { State } from '../entities/field.ts';
import { differences } from '../entities/state.ts';
import type { Evidence } from '../matching/score.ts';
import type {
  AttemptTable,
  BusinessEventTable,
  ChangeTable,
  DeliveryTable,
  EventTable,
  LinkTable,
  ProposalTable,
} from './schema.ts';
import type { ShadowNote } from './settlement.ts';

/** One thing that happened. */
export interface TraceEntry {
  /** Instant. */
  readonly at: string;
  readonly kind: 'event' | 'change' | 'business event' | 'delivery' | 'attempt' | 'link' | 'proposal';
  readonly correlation: string;
  /** `<system>:<entity or the system's own type>:<id>` */
  readonly object: string;
  /** What happened, in one line. */
  readonly text: string;
}

export function eventEntry(row: Selectable<EventTable>): TraceEntry {
  const parts = [
    row.operation,
    (JSON.parse(row.fields) as string[]).join(', '),
    row.author === null ? '' : `by user ${row.author}`,
    row.echo === 1 ? '(made by the bridge)' : '',
    row.error === null ? '' : `could not be read: ${row.error}`,
    row.done_at === null ? '(not read yet)' : '',
  ];
  return {
    at: row.received_at,
    kind: 'event',
    correlation: row.correlation,
    object: `${row.system}:${row.type}:${row.object_id}`,
    text: parts.filter((part) => part !== '').join(' '),
  };
}

/** One line for events of one correlation that are too many to be shown one by one. */
export function othersEntry(rows: readonly Selectable<EventTable>[]): TraceEntry[] {
  const [first] = rows;
  if (first === undefined) return [];
  const { received_at: at, correlation, system } = first;
  const text = `${rows.length} events of other objects came with it: bridge trace ${correlation} shows them`;
  return [{ at, kind: 'event', correlation, object: system, text }];
}

export function changeEntry(row: Selectable<ChangeTable>): TraceEntry {
  return {
    at: row.at,
    kind: 'change',
    correlation: row.correlation,
    object: `${row.system}:${row.entity}:${row.external_id}`,
    text: row.after === null ? 'is gone' : differencesText(row.before, row.after),
  };
}

export function businessEventEntry(row: Selectable<BusinessEventTable>): TraceEntry {
  return {
    at: row.recorded_at,
    kind: 'business event',
    correlation: row.correlation,
    object: `${row.system}:${row.entity}:${row.external_id}`,
    text: `${row.name} ${row.data} (event ${row.id}, version ${row.version})`,
  };
}

function differencesText(beforeJson: string | null, afterJson: string): string {
  const before = beforeJson === null ? null : (JSON.parse(beforeJson) as State);
  return Object.entries(differences(before, JSON.parse(afterJson)))
    .map(([field, { before, after }]) => {
      const now = after === undefined ? 'unknown' : JSON.stringify(after);
      return before === undefined ? `${field} = ${now}` : `${field}: ${JSON.stringify(before)} → ${now}`;
    })
    .join(', ');
}

const sourceOf = (row: Selectable<DeliveryTable>): string => `${row.source}:${row.entity}:${row.source_id}`;

export function deliveryEntry(row: Selectable<DeliveryTable>): TraceEntry {
  const cause = row.cause === null ? '' : ` – ${row.cause}`;
  return {
    at: row.created_at,
    kind: 'delivery',
    correlation: row.correlation,
    object: sourceOf(row),
    text: `to ${row.target}: ${row.state}${cause} (delivery ${row.id}, rules ${row.rules_version.slice(0, 12)})`,
  };
}

export function attemptEntry(row: Selectable<AttemptTable>, delivery: Selectable<DeliveryTable>): TraceEntry {
  const { target, entity } = delivery;
  const where = row.external_id === null ? target : `${target}:${entity}:${row.external_id}`;
  const message = row.message === null ? '' : ` – ${row.message}`;
  const fields = row.fields === null ? '' : ` ${row.fields}`;
  const shadow = row.shadow === null ? '' : shadowText(row);
  return {
    at: row.started_at,
    kind: 'attempt',
    correlation: delivery.correlation,
    object: sourceOf(delivery),
    text: `${where}: ${row.outcome} (try ${row.number}, ${row.duration_ms} ms)${message}${fields}${shadow}`,
  };
}

function shadowText({ shadow, outcome }: Selectable<AttemptTable>): string {
  const { action, fields, cause } = JSON.parse(shadow as string) as ShadowNote;
  if (cause !== undefined) return ` – rules in shadow would need a person: ${cause}`;
  const besides = outcome === 'shadowed' ? 'would' : 'rules in shadow would besides';
  return ` – ${besides} ${action}${action === 'remove' ? '' : ` ${JSON.stringify(fields)}`}`;
}

export function linkEntry(row: Selectable<LinkTable>): TraceEntry {
  return {
    at: row.linked_at,
    kind: 'link',
    correlation: '',
    object: `${row.system}:${row.entity}:${row.external_id}`,
    text: `is business object ${row.object_id}`,
  };
}

/** When two objects were proposed to be the same, and what became of that. */
export function proposalEntries(row: Selectable<ProposalTable>): TraceEntry[] {
  const entry = (at: string, text: string): TraceEntry => ({
    at,
    kind: 'proposal',
    correlation: '',
    object: `${row.source}:${row.entity}:${row.source_id}`,
    text: `${text} (proposal ${row.id})`,
  });
  const other = `${row.target}:${row.entity}:${row.target_id}`;
  const fields = (JSON.parse(row.evidence) as Evidence[]).map(
    ({ field, similarity }) => `${field} ${similarity.toFixed(2)}`,
  );
  const proposed = entry(
    row.proposed_at,
    `may be ${other}, score ${row.score.toFixed(2)}: ${fields.join(', ')}`,
  );
  if (row.decided_at === null) return [proposed];
  const by = row.decided_by === null ? '' : ` by ${row.decided_by}`;
  const reason = row.reason === null ? '' : ` – ${row.reason}`;
  return [proposed, entry(row.decided_at, `being ${other}: ${row.state}${by}${reason}`)];
}
