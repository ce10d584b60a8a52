import type { SandboxContext } from '../server.ts';
import { Refusal, unprocessable } from './errors.ts';

export type Body = Readonly<Record<string, unknown>>;

/** A JSON object, or a refusal. */
export async function bodyOf(c: SandboxContext): Promise<Body> {
  const body: unknown = await c.req.json().catch(() => undefined);
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw new Refusal(400, 'The request body is not a JSON object');
  return body as Body;
}

/** The object that the path names, or 404. */
export function named<Item>(items: ReadonlyMap<number, Item>, id: string | undefined): Item {
  const item = items.get(Number(id));
  if (item === undefined) throw new Refusal(404, 'Record not found');
  return item;
}

export function text(body: Body, field: string): string | undefined {
  const value = body[field];
  if (value === undefined) return undefined;
  if (typeof value !== 'string') throw unprocessable(`${label(field)} is not a text`);
  return value;
}

/** A text that may be emptied with `null`. */
export function optionalText(body: Body, field: string): string | null | undefined {
  return body[field] === null ? null : text(body, field);
}

/** A text that must not be empty once it is there. */
export function filledText(body: Body, field: string): string | undefined {
  const value = optionalText(body, field);
  if (value === null || value?.trim() === '') throw unprocessable(`${label(field)} can't be blank`);
  return value;
}

export function requiredText(body: Body, field: string): string {
  const value = filledText(body, field);
  if (value === undefined) throw unprocessable(`${label(field)} can't be blank`);
  return value;
}

export function flag(body: Body, field: string): boolean | undefined {
  const value = body[field];
  if (value !== undefined && typeof value !== 'boolean')
    throw unprocessable(`${label(field)} is not a boolean`);
  return value;
}

export function number(body: Body, field: string): number | undefined {
  const value = body[field];
  if (value !== undefined && (typeof value !== 'number' || !Number.isFinite(value)))
    throw unprocessable(`${label(field)} is not a number`);
  return value;
}

/** A number that may be emptied with `null`. */
export function optionalNumber(body: Body, field: string): number | null | undefined {
  return body[field] === null ? null : number(body, field);
}

export function day(body: Body, field: string): string | null | undefined {
  const value = optionalText(body, field);
  if (typeof value === 'string' && !/^\d{4}-\d{2}-\d{2}$/.test(value))
    throw unprocessable(`${label(field)} is not a valid date`);
  return value;
}

export function choice(body: Body, field: string, allowed: readonly string[]): string | undefined {
  const value = text(body, field);
  if (value !== undefined && !allowed.includes(value))
    throw unprocessable(`${label(field)} is not included in the list`);
  return value;
}

/** Refuses a name that another one has, whatever its case. */
export function requireFreeName(
  items: Iterable<{ readonly id: number; readonly name: string }>,
  name: string | undefined,
  own?: number,
): void {
  if (name === undefined) return;
  for (const item of items)
    if (item.id !== own && item.name.toLowerCase() === name.toLowerCase())
      throw unprocessable('Name has already been taken');
}

const label = (field: string): string => {
  const words = field.replace(/_id$/, '').replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
};
