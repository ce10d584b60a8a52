import { createHttp } from '../http.ts';
import { createLimiter, type Limit, type Limiter } from '../limiter.ts';
import { explain } from './explain.ts';
import type { HubspotSettings } from './options.ts';
import { sortRefusal } from './refusal.ts';

export type ObjectType = 'companies' | 'deals';

export interface HubspotObject {
  readonly id: string;
  /** `null` where never set, the empty text where cleared. */
  readonly properties: Readonly<Record<string, string | null>>;
  readonly archivedAt?: string;
  /** Of an upsert: whether it was created. */
  readonly new?: boolean;
  readonly objectWriteTraceId?: string;
}

export interface BatchError {
  readonly category: string;
  readonly message: string;
  readonly context?: Readonly<Record<string, readonly string[]>>;
}

/** Answer of a batch; `errors` are those of single inputs (status 207). */
export interface BatchAnswer<Result = HubspotObject> {
  readonly results: readonly Result[];
  readonly errors?: readonly BatchError[];
}

export interface BatchInput {
  readonly id: string;
  readonly idProperty?: string;
  readonly properties: Readonly<Record<string, string>>;
  /** Makes HubSpot report a refused input by itself. */
  readonly objectWriteTraceId: string;
}

export interface Filter {
  readonly propertyName: string;
  readonly operator: 'EQ' | 'GT' | 'GTE';
  readonly value: string;
}

export interface Search {
  /** Any of the groups, all filters of it. */
  readonly filterGroups: readonly { readonly filters: readonly Filter[] }[];
  readonly sort: string;
  readonly properties: readonly string[];
  readonly limit: number;
}

export interface SearchAnswer {
  readonly total: number;
  readonly results: readonly HubspotObject[];
}

export interface List {
  readonly archived: boolean;
  readonly properties: readonly string[];
  /** Where the page starts, as the one before it said. */
  readonly after: string | undefined;
}

export interface ListAnswer<Item> {
  readonly results: readonly Item[];
  readonly paging?: { readonly next?: { readonly after: string } };
}

/** HubSpot's own calls. The version of the API stands here and nowhere else. */
export interface HubspotApi {
  readBatch(
    type: ObjectType,
    by: { readonly ids: readonly string[]; readonly idProperty?: string },
    properties: readonly string[],
    signal: AbortSignal,
  ): Promise<BatchAnswer>;
  /** Changes objects by id. */
  updateBatch(type: ObjectType, inputs: readonly BatchInput[], signal: AbortSignal): Promise<BatchAnswer>;
  /** Creates or changes objects by a unique property. */
  upsertBatch(type: ObjectType, inputs: readonly BatchInput[], signal: AbortSignal): Promise<BatchAnswer>;
  archiveBatch(type: ObjectType, ids: readonly string[], signal: AbortSignal): Promise<void>;
  search(type: ObjectType, search: Search, signal: AbortSignal): Promise<SearchAnswer>;
  /** One page of all objects, or of the deleted ones, by id; not delayed as search is, and without its limit. */
  list(type: ObjectType, list: List, signal: AbortSignal): Promise<ListAnswer<HubspotObject>>;
  /** Any other call. */
  get<Body>(path: string, action: string, signal: AbortSignal, query?: Record<string, string>): Promise<Body>;
  /** `repeatable`: sending it twice does what sending it once does. */
  post<Body>(
    path: string,
    body: object,
    action: string,
    repeatable: boolean,
    signal: AbortSignal,
  ): Promise<Body>;
  close(): Promise<void>;
}

const objects = '/crm/v3/objects';
const words: Readonly<Record<ObjectType, string>> = { companies: 'companies', deals: 'deals' };

/** Requests do not arrive as evenly as they are sent: HubSpot's windows must not see one too many. */
const withMargin = ({ requests, milliseconds }: Limit): Limit => ({
  requests,
  milliseconds: milliseconds + 150,
});

export function createApi(settings: HubspotSettings): HubspotApi {
  const searchLimiter = createLimiter(withMargin(settings.searchLimit));
  const http = createHttp({
    system: settings.system,
    baseUrl: settings.baseUrl,
    headers: () => ({ authorization: `Bearer ${settings.token()}` }),
    limiter: createLimiter(withMargin(settings.limit)),
    timeoutMilliseconds: settings.timeoutMilliseconds,
    explain,
    sort: sortRefusal,
  });

  async function post<Body>(
    path: string,
    body: object,
    action: string,
    repeatable: boolean,
    signal: AbortSignal,
  ): Promise<Body> {
    const answer = await http.request({ method: 'POST', path, body, action, repeatable, signal });
    return answer.body as Body;
  }

  /** A question that is sent as a POST. */
  async function ask<Body>(
    path: string,
    body: object,
    action: string,
    signal: AbortSignal,
    limiter?: Limiter,
  ) {
    const answer = await http.request({
      method: 'POST',
      path,
      body,
      action,
      repeatable: true,
      changes: false,
      signal,
      ...(limiter === undefined ? {} : { limiter }),
    });
    return answer.body as Body;
  }

  const count = (verb: string, number: number, type: ObjectType): string =>
    `${verb} ${number} ${words[type]}`;

  return {
    readBatch(type, { ids, idProperty }, properties, signal) {
      const body = {
        inputs: ids.map((id) => ({ id })),
        ...(idProperty === undefined ? {} : { idProperty }),
        properties,
        propertiesWithHistory: [],
      };
      return ask(`${objects}/${type}/batch/read`, body, count('read', ids.length, type), signal);
    },
    updateBatch: (type, inputs, signal) =>
      post(`${objects}/${type}/batch/update`, { inputs }, count('change', inputs.length, type), true, signal),
    upsertBatch: (type, inputs, signal) =>
      post(`${objects}/${type}/batch/upsert`, { inputs }, count('write', inputs.length, type), true, signal),
    async archiveBatch(type, ids, signal) {
      const inputs = ids.map((id) => ({ id }));
      await post(
        `${objects}/${type}/batch/archive`,
        { inputs },
        count('delete', ids.length, type),
        true,
        signal,
      );
    },
    search: (type, { sort, ...search }, signal) =>
      ask(
        `${objects}/${type}/search`,
        { ...search, sorts: [{ propertyName: sort, direction: 'ASCENDING' }], after: '0' },
        `search ${words[type]}`,
        signal,
        searchLimiter,
      ),
    async list(type, { archived, properties, after }, signal) {
      const answer = await http.request({
        method: 'GET',
        path: `${objects}/${type}`,
        query: {
          archived,
          limit: 100,
          after,
          ...(properties.length === 0 ? {} : { properties: properties.join(',') }),
        },
        action: `list ${archived ? 'deleted ' : ''}${words[type]}`,
        signal,
      });
      return answer.body as ListAnswer<HubspotObject>;
    },
    async get<Body>(path: string, action: string, signal: AbortSignal, query?: Record<string, string>) {
      const answer = await http.request({ method: 'GET', path, action, signal, ...(query ? { query } : {}) });
      return answer.body as Body;
    },
    post,
    close: http.close,
  };
}
