import type { SandboxContext } from '../server.ts';
import { Refusal, unprocessable } from './errors.ts';

const largestPage = 2000;

export interface Listed {
  readonly id: number;
  readonly updatedAt: number;
  /** Lists of what has a day are sorted by it. */
  readonly spentDate?: string;
}

/**
 * One page of `items` in Harvest's shape, the latest day first, then the newest. From the second page on it is in cursor
 * mode: `links.next` carries an opaque cursor, and `page`, `next_page` and `previous_page` are `null` on all but the first
 * and the last page.
 */
export function listPage<Item extends Listed>(
  c: SandboxContext,
  name: string,
  items: Iterable<Item>,
  describe: (item: Item) => object,
): Response {
  const updatedSince = instant(c.req.query('updated_since'));
  const found = byDay(items, updatedSince);
  const size = pageSize(c);
  const cursor = c.req.query('cursor');
  const page = Number(c.req.query('page') ?? 1);
  const start = cursor === undefined ? (page - 1) * size : found.positionAfter(positionOf(cursor));
  const shown = found.slice(start, size);
  const last = shown.at(-1);
  const more = start + size < found.count && last !== undefined;
  const pages = Math.max(1, Math.ceil(found.count / size));
  const number = start === 0 ? 1 : more ? null : pages;
  return c.json({
    [name]: shown.map(describe),
    per_page: size,
    total_pages: pages,
    total_entries: found.count,
    next_page: start === 0 && more ? 2 : null,
    previous_page: number === pages && pages > 1 ? pages - 1 : null,
    page: number,
    links: {
      first: link(c, { page: '1', ref: 'first' }),
      next: more ? link(c, { cursor: cursorAfter(last), ref: 'next_cursor' }) : null,
      previous: start === 0 ? null : link(c, { page: '1', ref: 'previous' }),
      last: link(c, { page: String(pages), ref: 'last' }),
    },
  });
}

/** One page of lines that have no ids, by its number. */
export function numberedPage(c: SandboxContext, name: string, lines: readonly object[]): Response {
  const size = pageSize(c);
  const page = Number(c.req.query('page') ?? 1);
  if (!Number.isInteger(page) || page < 1) throw unprocessable('page must be 1 or more');
  const pages = Math.max(1, Math.ceil(lines.length / size));
  return c.json({
    [name]: lines.slice((page - 1) * size, page * size),
    per_page: size,
    total_pages: pages,
    total_entries: lines.length,
    next_page: page < pages ? page + 1 : null,
    previous_page: page > 1 ? page - 1 : null,
    page,
    links: {
      first: link(c, { page: '1' }),
      next: page < pages ? link(c, { page: String(page + 1) }) : null,
      previous: page > 1 ? link(c, { page: String(page - 1) }) : null,
      last: link(c, { page: String(pages) }),
    },
  });
}

function pageSize(c: SandboxContext): number {
  const size = Number(c.req.query('per_page') ?? largestPage);
  if (!Number.isInteger(size) || size < 1 || size > largestPage)
    throw unprocessable(`per_page must be between 1 and ${largestPage}`);
  return size;
}

interface Position {
  readonly day: string;
  readonly id: number;
}

/**
 * Sorts by day without sorting everything: a page needs the order of a few days alone, and there may be a hundred thousand
 * time entries.
 */
function byDay<Item extends Listed>(items: Iterable<Item>, updatedSince: number | undefined) {
  const buckets = new Map<string, Item[]>();
  let count = 0;
  for (const item of items) {
    if (updatedSince !== undefined && seconds(item.updatedAt) < updatedSince) continue;
    const day = dayOf(item);
    const bucket = buckets.get(day);
    if (bucket === undefined) buckets.set(day, [item]);
    else bucket.push(item);
    count++;
  }
  const days = [...buckets.keys()].sort().reverse();
  const ofDay = (day: string): Item[] => (buckets.get(day) ?? []).sort((left, right) => right.id - left.id);

  return {
    count,
    slice(start: number, size: number): Item[] {
      const found: Item[] = [];
      let before = 0;
      for (const day of days) {
        const length = buckets.get(day)?.length ?? 0;
        if (before + length > start)
          found.push(...ofDay(day).slice(Math.max(0, start - before), start + size - before));
        before += length;
        if (before >= start + size) break;
      }
      return found;
    },
    positionAfter({ day: last, id }: Position): number {
      let before = 0;
      for (const day of days) {
        if (day > last) before += buckets.get(day)?.length ?? 0;
        if (day === last) before += ofDay(day).filter((item) => item.id >= id).length;
      }
      return before;
    },
  };
}

const dayOf = ({ spentDate = '' }: Listed): string => spentDate;

const cursorAfter = (item: Listed): string => {
  const after: Position = { day: dayOf(item), id: item.id };
  return Buffer.from(JSON.stringify({ after })).toString('base64url');
};

function positionOf(cursor: string): Position {
  try {
    const { after } = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as { after: Position };
    return { day: String(after.day), id: Number(after.id) };
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

interface OfPerson {
  readonly userId: number;
}

/** Only those of the person that `user_id` names. */
export function byPerson<Item extends OfPerson>(c: SandboxContext, items: Iterable<Item>): Item[] {
  const wanted = c.req.query('user_id');
  return [...items].filter((item) => wanted === undefined || item.userId === Number(wanted));
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
