import type { Filter, HubspotApi, HubspotObject, ObjectType } from './api.ts';

/** An object that search says has changed, and when. */
export interface Changed {
  readonly id: string;
  readonly at: number;
}

const modified = 'hs_lastmodifieddate';

/**
 * Pages of the objects that changed at or after `from`, oldest first. Every page starts at the time where the last one
 * ended instead of at an offset: objects that change meanwhile cannot push others out of sight, and the 10,000 results
 * that one search can reach are never reached. What stands at the seam comes twice.
 */
export async function* changedSince(
  api: HubspotApi,
  type: ObjectType,
  from: number,
  page: number,
  signal: AbortSignal,
): AsyncGenerator<Changed[]> {
  for (let lower = from; ; ) {
    const found = await search(
      api,
      type,
      [{ propertyName: modified, operator: 'GTE', value: String(lower) }],
      {
        sort: modified,
        page,
        signal,
      },
    );
    if (found.length > 0) yield found;
    const last = found.at(-1);
    if (last === undefined || found.length < page) return;
    if (last.at > lower) {
      lower = last.at;
    } else {
      // An import stamped more than a page of objects with one time.
      yield* changedAt(api, type, lower, page, signal);
      lower++;
    }
  }
}

/** Pages of the objects that changed at exactly this time, by id. */
async function* changedAt(
  api: HubspotApi,
  type: ObjectType,
  at: number,
  page: number,
  signal: AbortSignal,
): AsyncGenerator<Changed[]> {
  for (let after = '0'; ; ) {
    const found = await search(
      api,
      type,
      [
        { propertyName: modified, operator: 'EQ', value: String(at) },
        { propertyName: 'hs_object_id', operator: 'GT', value: after },
      ],
      { sort: 'hs_object_id', page, signal },
    );
    if (found.length > 0) yield found;
    const last = found.at(-1);
    if (last === undefined || found.length < page) return;
    after = last.id;
  }
}

async function search(
  api: HubspotApi,
  type: ObjectType,
  filters: readonly Filter[],
  { sort, page, signal }: { sort: string; page: number; signal: AbortSignal },
): Promise<Changed[]> {
  const answer = await api.search(
    type,
    { filterGroups: [{ filters }], sort, properties: [modified], limit: page },
    signal,
  );
  return answer.results.map((object) => ({ id: object.id, at: changeTime(object) }));
}

const changeTime = ({ properties }: HubspotObject): number => {
  const value = properties[modified] ?? '0';
  return /^\d+$/.test(value) ? Number(value) : Date.parse(value);
};
