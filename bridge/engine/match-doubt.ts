import type { EntityName } from '../entities/catalogue.ts';
import type { State } from '../entities/field.ts';
import { matchKindOf } from '../matching/normalise.ts';
import { scoreOf } from '../matching/score.ts';
import type { Candidate } from '../store/proposal.ts';
import type { SystemObject } from '../store/record.ts';
import type { Connector } from '../systems/system.ts';

/** One object that was found by a key. */
interface Hit {
  /** Of the object that a counterpart is looked for. */
  readonly state: State;
  readonly object: SystemObject;
  /** Its own state, where the store knows it. */
  readonly other: State | undefined;
}

/** True for a field whose value others may have too: the firms of a group, or all who are on a platform. */
export const isShared = (entity: EntityName, field: string): boolean =>
  matchKindOf(entity, field) === 'domain';

/**
 * For each hit what a person has to decide about, where its name or VAT number says that it is another one; `undefined`
 * where nothing speaks against it. Reads those that the store does not know.
 *
 * @throws SystemError when they cannot be read
 */
export async function contradicted(
  connector: Connector,
  hits: readonly Hit[],
  signal: AbortSignal,
): Promise<(Candidate | undefined)[]> {
  const states = await readUnknown(connector, hits, signal);
  return hits.map(({ state, object, other = states.get(object.id) }) => {
    if (other === undefined) return undefined;
    const { score, evidence } = scoreOf(object.entity, state, other);
    return contradicts(evidence) ? { object, score, evidence } : undefined;
  });
}

/** Half of it and less speaks against. */
const half = 0.5;

/** Of two that have numbers, the numbers decide: firms change their names. */
function contradicts(evidence: Candidate['evidence']): boolean {
  const about = (field: string) => evidence.find((each) => each.field === field);
  const telling = about('vat') ?? about('name');
  return telling !== undefined && telling.similarity <= half;
}

async function readUnknown(
  connector: Connector,
  hits: readonly Hit[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, State>> {
  const states = new Map<string, State>();
  const unknown = hits.filter(({ other }) => other === undefined).map(({ object }) => object);
  const entity = unknown[0]?.entity;
  const batch = entity === undefined ? undefined : connector.entities[entity]?.read?.batch;
  if (entity === undefined || batch === undefined) return states;
  const ids = [...new Set(unknown.map(({ id }) => id))];
  for (let start = 0; start < ids.length; start += batch)
    for (const { id, state } of await connector.read(entity, ids.slice(start, start + batch), signal))
      if (state !== null) states.set(id, state);
  return states;
}
