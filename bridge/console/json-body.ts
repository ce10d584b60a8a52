import type { HttpBindings } from '@hono/node-server';
import type { Context } from 'hono';
import * as v from 'valibot';
import { readBody } from '../intake/body.ts';

const mostBytes = 16_384;

export type JsonBody<Output> =
  | { readonly ok: true; readonly output: Output }
  | {
      readonly ok: false;
      readonly error: 'too_large' | 'invalid_body';
      readonly message: string;
      readonly path?: string;
    };

/** Reads the body of a request as JSON of this shape. */
export async function readJsonBody<Schema extends v.GenericSchema>(
  context: Context<{ Bindings: HttpBindings }>,
  schema: Schema,
): Promise<JsonBody<v.InferOutput<Schema>>> {
  const raw = await readBody(context.env.incoming, mostBytes);
  if (raw === 'too-large')
    return { ok: false, error: 'too_large', message: `The request is larger than ${mostBytes} bytes.` };
  const value = jsonOf(raw);
  if (value === undefined)
    return { ok: false, error: 'invalid_body', message: 'The body of the request is no JSON.' };
  const parsed = v.safeParse(schema, value, { abortPipeEarly: true });
  if (parsed.success) return { ok: true, output: parsed.output };
  const [issue] = parsed.issues;
  const path = v.getDotPath(issue);
  return {
    ok: false,
    error: 'invalid_body',
    message: messageOf(issue, path),
    ...(path === null ? {} : { path }),
  };
}

/** What is wrong, as a sentence. Schemas say themselves what is wrong with a value of the right type. */
function messageOf({ kind, expected, received, message }: v.BaseIssue<unknown>, path: string | null): string {
  if (path === null) return 'The body of the request must be a JSON object.';
  if (kind !== 'schema') return `"${path}" ${message}.`;
  if (expected === 'never') return `"${path}" is not known here.`;
  if (received === 'undefined') return `"${path}" is missing.`;
  return `"${path}" must be ${kindWords[expected ?? ''] ?? `one of ${expected?.replaceAll(/[()]/g, '').replaceAll(' | ', ', ')}`}.`;
}

const kindWords: Readonly<Record<string, string>> = { string: 'a text', boolean: 'true or false' };

/** `undefined` for what is no JSON. */
function jsonOf(raw: Buffer): unknown {
  try {
    return JSON.parse(raw.toString('utf8'));
  } catch {
    return undefined;
  }
}
