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
  const parsed = v.safeParse(schema, jsonOf(raw), { abortPipeEarly: true });
  if (parsed.success) return { ok: true, output: parsed.output };
  const [issue] = parsed.issues;
  const path = v.getDotPath(issue);
  return {
    ok: false,
    error: 'invalid_body',
    message: issue.message,
    ...(path === null ? {} : { path }),
  };
}

/** `undefined` for what is no JSON, which no schema takes. */
function jsonOf(raw: Buffer): unknown {
  try {
    return JSON.parse(raw.toString('utf8'));
  } catch {
    return undefined;
  }
}
