import { SystemError } from '../error.ts';
import { createHttp, type HttpRequest } from '../http.ts';
import { createLimiter } from '../limiter.ts';
import type { HarvestSettings } from './options.ts';

type Query = NonNullable<HttpRequest['query']>;

/** Where a list is, and under which name its objects stand in the answer. */
export interface ListPath {
  readonly path: string;
  readonly name: string;
}

/** Harvest's own calls. */
export interface HarvestApi {
  get<Item>(path: string, action: string, signal: AbortSignal): Promise<Item>;
  /** As `get`; `undefined` when the object is not there. */
  getIfThere<Item>(path: string, action: string, signal: AbortSignal): Promise<Item | undefined>;
  /** Pages of a list, newest objects first. */
  pages<Item>(list: ListPath, query: Query, signal: AbortSignal): AsyncGenerator<Item[]>;
  /** The whole of a list. */
  all<Item>(list: ListPath, query: Query, signal: AbortSignal): Promise<Item[]>;
  /** Cannot be repeated: fails as `ambiguous` when the answer is lost. */
  create<Item>(path: string, body: object, action: string, signal: AbortSignal): Promise<Item>;
  change<Item>(path: string, body: object, action: string, signal: AbortSignal): Promise<Item>;
  /** An object that is gone already counts as removed. */
  remove(path: string, action: string, signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

/** The version of the API stands here and nowhere else. */
const version = '/v2';

/** Requests do not arrive as evenly as they are sent: Harvest's window must not see one too many. */
const windowMargin = 300;

export function createApi(settings: HarvestSettings): HarvestApi {
  const base = settings.baseUrl.replace(/\/$/, '') + version;
  const prefix = new URL(base).pathname;
  const { requests, milliseconds } = settings.limit;
  const http = createHttp({
    system: settings.system,
    baseUrl: base,
    headers: () => ({
      authorization: `Bearer ${settings.token()}`,
      'harvest-account-id': settings.accountId,
      'user-agent': settings.userAgent,
    }),
    limiter: createLimiter({ requests, milliseconds: milliseconds + windowMargin }),
    timeoutMilliseconds: settings.timeoutMilliseconds,
    explain,
  });

  async function send<Body>(request: HttpRequest): Promise<Body> {
    try {
      const answer = await http.request(request);
      return answer.body as Body;
    } catch (error) {
      throw refined(error);
    }
  }

  const get = <Item>(path: string, action: string, signal: AbortSignal): Promise<Item> =>
    send({ method: 'GET', path, action, signal });

  async function* pages<Item>(list: ListPath, query: Query, signal: AbortSignal): AsyncGenerator<Item[]> {
    const action = `list ${list.name.replaceAll('_', ' ')}`;
    const first = { method: 'GET', path: list.path, action, signal } as const;
    let page: Page = await send({ ...first, query: { ...query, per_page: settings.listPage } });
    for (;;) {
      yield page[list.name] as Item[];
      const { next } = page.links;
      if (next === null) return;
      page = await get(pathOf(next, prefix), action, signal);
    }
  }

  return {
    get,
    async getIfThere(path, action, signal) {
      try {
        return await get(path, action, signal);
      } catch (error) {
        if (error instanceof SystemError && error.kind === 'missing') return undefined;
        throw error;
      }
    },
    pages,
    async all<Item>(list: ListPath, query: Query, signal: AbortSignal) {
      const items: Item[] = [];
      for await (const page of pages<Item>(list, query, signal)) items.push(...page);
      return items;
    },
    create: (path, body, action, signal) => send({ method: 'POST', path, body, action, signal }),
    // Setting fields to values can be repeated.
    change: (path, body, action, signal) =>
      send({ method: 'PATCH', path, body, action, repeatable: true, signal }),
    async remove(path, action, signal) {
      try {
        await send({ method: 'DELETE', path, action, signal });
      } catch (error) {
        if (!(error instanceof SystemError) || error.kind !== 'missing') throw error;
      }
    },
    close: http.close,
  };
}

interface Page {
  readonly links: { readonly next: string | null };
  readonly [name: string]: unknown;
}

/** The link is followed as Harvest gives it, but always to the configured host. */
function pathOf(link: string, prefix: string): string {
  const { pathname, search } = new URL(link);
  return (pathname.startsWith(prefix) ? pathname.slice(prefix.length) : pathname) + search;
}

function explain(body: unknown): string | undefined {
  if (typeof body !== 'object' || body === null) return undefined;
  const { message, error_description: description } = body as Record<string, unknown>;
  const sentence = message ?? description;
  return typeof sentence === 'string' ? `Harvest answered: ${sentence}` : undefined;
}

/** Harvest answers 422 for wrong values and for objects whose state forbids the change; only its words tell. */
function refined(error: unknown): unknown {
  if (!(error instanceof SystemError) || error.status !== 422) return error;
  if (!/already been taken|locked|archived|running timer|cannot be deleted/i.test(error.message))
    return error;
  return error.but({ kind: 'conflict' });
}

/** Whether a create failed because the name, address or place is in use. */
export const alreadyTaken = (error: unknown): error is SystemError =>
  error instanceof SystemError && error.kind === 'conflict' && /already been taken/i.test(error.message);
