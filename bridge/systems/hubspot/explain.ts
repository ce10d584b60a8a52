import type { ErrorKind } from '../error.ts';

interface ValueProblem {
  readonly name?: string;
  readonly message?: string;
}

/** The sentence for people in one of HubSpot's error bodies. */
export function explain(body: unknown): string | undefined {
  if (typeof body !== 'object' || body === null) return undefined;
  const { message } = body as { message?: unknown };
  return typeof message === 'string' ? `HubSpot answered: ${readable(message)}` : undefined;
}

/** HubSpot puts JSON into its sentence when values are wrong: `Property values were not valid: [{…}]`. */
export function readable(message: string): string {
  const start = message.indexOf('[{');
  if (start === -1) return message;
  try {
    const problems = JSON.parse(message.slice(start)) as ValueProblem[];
    return problems.map(({ name, message: problem }) => `${name}: ${problem}`).join('; ');
  } catch {
    return message;
  }
}

const kinds: Readonly<Record<string, ErrorKind>> = {
  VALIDATION_ERROR: 'invalid',
  OBJECT_NOT_FOUND: 'missing',
  CONFLICT: 'conflict',
  OBJECT_ALREADY_EXISTS: 'conflict',
  MISSING_SCOPES: 'denied',
  RATE_LIMITS: 'limited',
  INTERNAL_ERROR: 'unavailable',
};

/** What the error of a single input of a batch means. */
export function kindOf(category: string, message: string): ErrorKind {
  // A duplicate of a unique value comes as a conflict or as a validation error, depending on the endpoint.
  if (/already has that value|CONFLICTING_UNIQUE_VALUE/.test(message)) return 'conflict';
  return kinds[category] ?? 'invalid';
}
