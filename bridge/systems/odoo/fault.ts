import type { ErrorKind } from '../error.ts';

/** An exception of Odoo's, as either transport tells it. */
export interface Fault {
  /** Python name with module: `odoo.exceptions.UserError`; no module for Python's own, such as `ValueError`. */
  readonly name: string;
  /** Odoo's own sentence, without a traceback. */
  readonly message: string;
}

const kindByName: Readonly<Record<string, ErrorKind>> = {
  'odoo.exceptions.AccessDenied': 'denied',
  'odoo.exceptions.AccessError': 'denied',
  'odoo.exceptions.ConcurrencyError': 'unavailable',
  'odoo.exceptions.LockError': 'conflict',
  'odoo.exceptions.MissingError': 'missing',
  'odoo.exceptions.RedirectWarning': 'invalid',
  'odoo.exceptions.UserError': 'invalid',
  'odoo.exceptions.ValidationError': 'invalid',
  'werkzeug.exceptions.BadRequest': 'invalid',
  'werkzeug.exceptions.Forbidden': 'denied',
  'werkzeug.exceptions.NotFound': 'missing',
  'werkzeug.exceptions.Unauthorized': 'denied',
  'werkzeug.exceptions.UnprocessableEntity': 'invalid',
};

const isUnknownMethod = /^The method '.*' does not exist/;

/** Errors of the database that say "this statement is wrong", not "not now". */
const wrongStatements = [
  'Violation',
  'DataError',
  'IntegrityError',
  'InvalidTextRepresentation',
  'NumericValueOutOfRange',
  'ProgrammingError',
  'StringDataRightTruncation',
  'Undefined',
];

/**
 * Odoo rolls the transaction back when it answers with an exception, so the kind does not depend on whether the call
 * can be repeated. `undefined` when the name says nothing.
 */
export function kindOfFault({ name, message }: Fault): ErrorKind | undefined {
  const known = kindByName[name];
  if (known !== undefined) return known === 'invalid' && saysMissing(message) ? 'missing' : known;
  if (name.startsWith('psycopg2.')) {
    // As while it is restored; no record is to blame for it.
    if (/database ".*" does not exist/.test(message)) return 'unavailable';
    return wrongStatements.some((part) => name.includes(part)) ? 'invalid' : 'unavailable';
  }
  if (name === 'MemoryError' || name === 'RecursionError') return 'unavailable';
  if (isUnknownMethod.test(message)) return 'missing';
  return /^[A-Z]\w*Error$/.test(name) ? 'invalid' : undefined;
}

/** XML-RPC says of a missing record or model only that it is a user error; the text is English by `baseContext`. */
const saysMissing = (message: string): boolean =>
  message.startsWith('Record does not exist or has been deleted') ||
  /^Object \S+ doesn't exist/.test(message);

/** A fault as people read it: Odoo's words alone where they were written for people. */
export function sentenceOf({ name, message }: Fault): string {
  const text = plainText(message);
  const forPeople = name.startsWith('odoo.') || name.startsWith('werkzeug.') || isUnknownMethod.test(message);
  return forPeople ? text || 'Odoo refused without a reason' : `Odoo failed: ${text || name}`;
}

/** Without blank lines, and without the line in which Odoo names records and users as Python does. */
export function plainText(message: string): string {
  return message
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('(Record: '))
    .join('\n');
}

/**
 * The exception at the end of a Python traceback.
 *
 * @example `Traceback (most recent call last):\n  File …\nValueError: Invalid field 'x'` → ValueError, `Invalid field 'x'`
 */
export function faultOfTraceback(traceback: string): Fault | undefined {
  const begin = traceback.lastIndexOf('Traceback (most recent call last):');
  if (begin < 0) return undefined;
  const lines = traceback.slice(begin).split('\n').slice(1);
  const first = lines.findIndex((line) => /^[A-Za-z_][\w.]*(:|$)/.test(line));
  if (first < 0) return undefined;
  const [name = '', ...rest] = (lines[first] as string).split(': ');
  const message = [rest.join(': '), ...lines.slice(first + 1)].join('\n').trim();
  return { name: name.replace(/:$/, ''), message };
}

/**
 * Odoo did the work and could not put the answer into XML: the transaction is committed. Comes with `None` anywhere
 * in an answer, and with whole numbers above 2³¹.
 */
export const answerWasLost = (message: string): boolean =>
  message.includes('cannot marshal') || message.includes('exceeds XML-RPC limits');
