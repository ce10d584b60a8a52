import { sql } from 'kysely';
import type { EntityName } from '../entities/catalogue.ts';
import type { ClaimedDelivery, ObjectOfDelivery } from './delivery.ts';

/** What of a row is needed to try the delivery. */
export interface ClaimedRow {
  seq: number;
  id: string;
  target: string;
  source: string;
  entity: EntityName;
  source_id: string;
  lane: number;
  tries: number;
  uncertain: 0 | 1;
  rules_version: string;
  correlation: string;
}

export const claimedColumns = [
  ...(['seq', 'id', 'target', 'source', 'entity', 'source_id', 'lane', 'tries', 'uncertain'] as const),
  ...(['rules_version', 'correlation'] as const),
];

/** The next try at the delivery. A row counts the tries that have ended. */
export const claimedFrom = (row: ClaimedRow, leasedUntilMs: number): ClaimedDelivery => ({
  seq: row.seq,
  leasedUntilMs,
  id: row.id,
  target: row.target,
  source: row.source,
  entity: row.entity,
  sourceId: row.source_id,
  lane: row.lane,
  tries: row.tries + 1,
  uncertain: row.uncertain === 1,
  rulesVersion: row.rules_version,
  correlation: row.correlation,
});

/** The deliveries of one object to one target. */
export const sameObject = sql<boolean>`target = @target and source = @source and entity = @entity and source_id = @sourceId`;

export const pick = ({ target, source, entity, sourceId }: ObjectOfDelivery): ObjectOfDelivery => ({
  target,
  source,
  entity,
  sourceId,
});
