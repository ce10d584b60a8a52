import { sql } from 'kysely';
import type { OpenDatabase } from './database.ts';
import type { FlowInstance } from './flow-instance.ts';
import type { SystemObject } from './record.ts';
import { prepare, slot } from './statement.ts';

/** How the last try at a call ended. */
interface CallEnd {
  /** Where it was made. */
  readonly system: string;
  readonly action: string;
  /** As it is kept with the attempt. */
  readonly outcome: string;
  /** Id of what came out of it. */
  readonly made: string | undefined;
  /** When the try began: UTC ISO. */
  readonly startedAt: string;
}

/** What became of what steps asked systems to do. */
export function flowCallEnds({ connection, kysely }: OpenDatabase) {
  const ends = prepare<{ instance: number }, Omit<CallEnd, 'made'> & { made: string | null }>(
    connection,
    kysely
      .selectFrom('flow_call')
      .innerJoin('attempt', 'attempt.delivery', 'flow_call.delivery')
      .select(['flow_call.system', 'flow_call.action', 'attempt.outcome'])
      .select(['attempt.external_id as made', 'attempt.started_at as startedAt'])
      .where('flow_call.instance', '=', slot<number>('instance'))
      .where(
        sql<boolean>`attempt.number = (select max(number) from attempt as last where last.delivery = attempt.delivery)`,
      ),
  );
  const madeBefore = prepare<
    SystemObject & { flow: string; round: number; step: string },
    { startedAt: string | null }
  >(
    connection,
    kysely
      .selectFrom('flow_instance')
      .innerJoin('flow_call', 'flow_call.instance', 'flow_instance.seq')
      .innerJoin('attempt', 'attempt.delivery', 'flow_call.delivery')
      .select(sql<string | null>`max(attempt.started_at)`.as('startedAt'))
      .where('flow_instance.system', '=', slot<string>('system'))
      .where('flow_instance.entity', '=', slot<string>('entity'))
      .where('flow_instance.external_id', '=', slot<string>('id'))
      .where('flow_instance.flow', '=', slot<string>('flow'))
      .where('flow_instance.round', '<', slot<number>('round'))
      .where('flow_call.step', '=', slot<string>('step'))
      .where('attempt.outcome', 'in', sql<string>`('created', 'updated')`),
  );

  return {
    /** How the calls of an instance ended; without those that were cleared away. */
    ends: (instance: number): CallEnd[] =>
      ends.all({ instance }).map(({ made, ...end }) => ({ ...end, made: made ?? undefined })),
    /** When an earlier round last did something at a step: milliseconds since 1970; `undefined` where nobody knows of one. */
    madeBefore(
      { flow, subject, round }: Pick<FlowInstance, 'flow' | 'subject' | 'round'>,
      step: string,
    ): number | undefined {
      const startedAt = madeBefore.get({ ...subject, flow, round, step })?.startedAt ?? undefined;
      return startedAt === undefined ? undefined : Date.parse(startedAt);
    },
  };
}
