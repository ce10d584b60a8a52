import type { SandboxContext } from '../server.ts';
import { Refusal, unprocessable } from './errors.ts';

const largestPage = 2000;

export interface Listed {
  readonly id: number;
  readonly updatedAt: number;
}

/**
 * One page of `items` in Harvest's shape. From the second page on it is in cursor mode: `links.next` carries an opaque
 * cursor, and `page`, `next_page` and `previous_page` are `null` on all but the first and the last page.
 */
export function listPage<Item extends Listed>(
  c: SandboxContext,
  name: string,
  items: Iterable<Item>,
  describe: (item: Item) => object,
): Response {
  const updatedSince = instant(c.req.query('updated_since'));
  const found = [...items]
    .filter((item) => updatedSince === undefined || seconds(item.updatedAt) >= updatedSince)
    .sort((left, right) => right.id - left.id);
  const size = Number(c.req.query('per_page') ?? largestPage);
  if (!Number.isInteger(size) || size < 1 || size > largestPage)
    throw unprocessable(`per_page must be between 1 and ${largestPage}`);
  const cursor = c.req.query('cursor');
  const page = Number(c.req.query('page') ?? 1);
  const start = cursor === undefined ? (page - 1) * size : positionAfter(found, cursor);
  const shown = found.slice(start, start + size);
  const last = shown.at(-1);
  const more = start + size < found.length && last !== undefined;
  const pages = Math.max(1, Math.ceil(found.length / size));
  const number = start === 0 ? 1 : more ? null : pages;
  return c.json({
    [name]: shown.map(describe),
    per_page: size,
    total_pages: pages,
    total_entries: found.length,
    next_page: start === 0 && more ? 2 : null,
    previous_page: number === pages && pages > 1 ? pages - 1 : null,
    page: number,
    links: {
      first: link(c, { page: '1', ref: 'first' }),
      next: more ? link(c, { cursor: cursorAfter(last.id), ref: 'next_cursor' }) : null,
      previous: start === 0 ? null : link(c, { page: '1', ref: 'previous' }),
      last: link(c, { page: String(pages), ref: 'last' }),
    },
  });
}

const cursorAfter = (id: number): string =>
  Buffer.from(JSON.stringify({ after: { id } })).toString('base64url');

function positionAfter(found: readonly Listed[], cursor: string): number {
  try {
    const { after } = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as { after: { id: number } };
    const position = found.findIndex((item) => item.id < after.id);
    return position === -1 ? found.length : position;
  } catch {
    throw new Refusal(422, 'The cursor is not valid');
  }
}

function link(c: SandboxContext, parameters: Record<string, string>): string {
  const url = new URL(c.req.url);
  for (const name of ['page', 'cursor', 'ref']) url.searchParams.delete(name);
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return url.href;
}

/** Only objects whose `is_active` is as asked for. */
export function byActivity<Item extends { readonly active: boolean }>(
  c: SandboxContext,
  items: Iterable<Item>,
): Item[] {
  const wanted = c.req.query('is_active');
  return [...items].filter((item) => wanted === undefined || String(item.active) === wanted);
}

function instant(value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const time = Date.parse(value);
  if (Number.isNaN(time)) throw unprocessable('updated_since is not a valid date');
  return time;
}

/** Harvest's times have no fractions of seconds. */
const seconds = (time: number): number => Math.floor(time / 1000) * 1000;

export const stamp = (time: number): string => new Date(seconds(time)).toISOString().replace('.000Z', 'Z');
