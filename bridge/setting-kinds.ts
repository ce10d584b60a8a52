import * as v from 'valibot';
import { Secret } from './secret.ts';

// The kinds of values that settings have. A message reads on from the variable's name: `PORT must be …`.

/** A setting that may be left out. */
export const usually = <Schema extends v.GenericSchema<string, unknown>>(value: string, schema: Schema) =>
  v.optional(schema, value);

/** A setting that must be there; `what` says what it is and where to find it. */
export const text = (what: string) => v.string(`is missing: ${what}`);

export const plain = v.string();

export const wholeNumber = (least: number, most: number, unit: string) => {
  const message = `must be a whole number from ${least} to ${most} (${unit})`;
  return v.pipe(
    v.string(),
    v.regex(/^\d+$/, message),
    v.transform(Number),
    v.minValue(least, message),
    v.maxValue(most, message),
  );
};

export const oneOf = <const Choice extends string>(choices: readonly Choice[]) =>
  v.picklist(choices, `must be one of ${choices.join(', ')}`);

export const onOrOff = v.pipe(
  oneOf(['on', 'off']),
  v.transform((value) => value === 'on'),
);

/** An address without a slash at its end, so that paths can be put behind it. */
export const address = (what: string) =>
  v.pipe(
    text(what),
    v.check(isWebAddress, 'must be an address such as "https://example.com"'),
    v.check(
      (value) => new URL(value).username === '' && new URL(value).password === '',
      'must not contain a user or password: those have variables of their own',
    ),
    v.check((value) => !/[?#]/.test(value), 'must end after the path, without "?" or "#"'),
    v.transform((value) => value.replace(/\/+$/, '')),
  );

/** An address that messages are posted to as it stands, with its query. */
export const messageAddress = (what: string) =>
  v.pipe(
    text(what),
    v.check(isWebAddress, 'must be an address such as "https://example.com/events"'),
    v.check((value) => {
      const { username, password, hash } = new URL(value);
      return username === '' && password === '' && hash === '';
    }, 'must not contain a user, a password or "#"'),
  );

function isWebAddress(value: string): boolean {
  return URL.canParse(value) && ['http:', 'https:'].includes(new URL(value).protocol);
}

export const day = (what: string) =>
  v.pipe(text(what), v.check(isDay, 'must be a day of the calendar such as "2026-01-31"'));

function isDay(value: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(value)) return false;
  const date = new Date(`${value}T00:00:00Z`);
  // The calendar moves 30 February on to March.
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(value);
}

export const uuid = v.pipe(
  v.string(),
  v.uuid('must be a UUID: the value of "database.uuid" in Odoo’s system parameters'),
  v.toLowerCase(),
);

export const digits = (what: string) => v.pipe(text(what), v.regex(/^\d+$/, 'must be a number'));

const unspaced = v.regex<string, string>(/^\S+$/, 'must not contain spaces or line breaks');
const ascii = v.regex<string, string>(
  /^[!-~]+$/,
  'must be plain ASCII: quotes or other characters came along when it was copied',
);

/** A key or token. It goes into a header, so what no header can carry is a slip of the clipboard. */
export const secret = (what: string) =>
  v.pipe(
    text(what),
    unspaced,
    ascii,
    v.transform((value) => new Secret(value)),
  );

const leastTokenLength = 24;

/** A token that this firm makes for itself, and that nobody must be able to guess. */
export const token = v.pipe(
  v.string(),
  unspaced,
  ascii,
  v.minLength(
    leastTokenLength,
    `must have at least ${leastTokenLength} characters; "openssl rand -base64 32" makes one`,
  ),
  v.transform((value) => new Secret(value)),
);

/** Standard Webhooks secrets, separated by spaces, commas or lines. Messages name them by number, never by content. */
export const webhookSecrets = (what: string) =>
  v.pipe(
    text(what),
    v.transform((value) => value.split(/[\s,]+/).filter((item) => item !== '')),
    v.minLength(1, `is missing: ${what}`),
    v.rawCheck(({ dataset, addIssue }) => {
      if (!dataset.typed) return;
      for (const [index, item] of dataset.value.entries()) {
        const fault = webhookSecretFault(item);
        if (fault !== undefined) addIssue({ message: `has a wrong secret (number ${index + 1}): ${fault}` });
      }
    }),
    v.transform((items) => items.map((item) => new Secret(item))),
  );

const webhookSecretPrefix = 'whsec_';
const leastSecretBytes = 24;
const mostSecretBytes = 64;

function webhookSecretFault(value: string): string | undefined {
  if (!value.startsWith(webhookSecretPrefix)) return `it must begin with "${webhookSecretPrefix}"`;
  const encoded = value.slice(webhookSecretPrefix.length);
  const bytes = Buffer.from(encoded, 'base64');
  // Node skips what is no base64, so only the way back shows that nothing was lost.
  if (bytes.toString('base64').replace(/=+$/, '') !== encoded.replace(/=+$/, ''))
    return `after "${webhookSecretPrefix}" it must be base64`;
  if (bytes.length >= leastSecretBytes && bytes.length <= mostSecretBytes) return undefined;
  return `it must hold ${leastSecretBytes} to ${mostSecretBytes} bytes, not ${bytes.length}`;
}
