import { domainToASCII } from 'node:url';
import type { EntityName } from '../entities/catalogue.ts';
import { splitLegalForm } from './legal-form.ts';
import { isSharedHost } from './shared-host.ts';
import { fold, wordsOf } from './text.ts';
import { completeVat } from './vat.ts';

/** How the values of a field are compared. `firm` is a name with a legal form; `reference` a number or code. */
export type MatchKind = 'vat' | 'domain' | 'email' | 'phone' | 'firm' | 'name' | 'reference';

/** How a canonical field is compared; by its name, because fields of the same name mean the same in every entity. */
export function matchKindOf(entity: EntityName, field: string): MatchKind {
  if (field === 'vat') return 'vat';
  if (field === 'domain') return 'domain';
  if (field === 'email' || field.endsWith('_email')) return 'email';
  if (field === 'phone' || field === 'mobile') return 'phone';
  if (field === 'name') return entity === 'customer' ? 'firm' : 'name';
  return field.endsWith('_name') ? 'name' : 'reference';
}

/**
 * A value as it is compared: two values that people take for the same are the same text. `undefined` for one that
 * identifies nothing: empty, not of its kind, or shared by strangers (`gmail.com`, `facebook.com`).
 *
 * @param country ISO 3166-1 alpha-2 code of the object, where known: completes VAT numbers without prefix
 */
export function normalise(kind: MatchKind, value: string, country?: string): string | undefined {
  const text = normalisers[kind](value, country);
  return text === '' ? undefined : text;
}

/** Kinds whose normalised value is how the firm itself would spell it. */
const spelledSo: ReadonlySet<MatchKind> = new Set(['vat', 'domain', 'email']);

/** What to ask a system for that only finds what is spelled the same: the value, and its normalised form. */
export const spellingsOf = (kind: MatchKind, value: string, normalised: string): string[] =>
  spelledSo.has(kind) && normalised !== value ? [value, normalised] : [value];

const normalisers: Readonly<Record<MatchKind, (value: string, country?: string) => string>> = {
  vat: completeVat,
  domain: normaliseDomain,
  email: normaliseEmail,
  phone: normalisePhone,
  firm: normaliseFirm,
  name: fold,
  reference: (value) => value.normalize('NFKC').replace(/\s+/g, '').toUpperCase(),
};

function normaliseDomain(value: string): string {
  const host = hostOf(value);
  return isSharedHost(host) ? '' : host;
}

/** The host of an address as people type it, in ASCII; empty when it is none. */
function hostOf(value: string): string {
  const bare = value
    .trim()
    .toLowerCase()
    .replace(/^[a-z][a-z0-9+.-]*:\/\//, '')
    .replace(/[/?#:].*$/, '')
    .replace(/^.*@/, '')
    .replace(/\.$/, '')
    .replace(/^www\d?\./, '');
  const host = domainToASCII(bare);
  return host.includes('.') ? host : '';
}

function normaliseEmail(value: string): string {
  const address = (/<([^<>]+)>\s*$/.exec(value)?.[1] ?? value).trim().replace(/^mailto:/i, '');
  const at = address.lastIndexOf('@');
  const host = at < 1 ? '' : hostOf(address.slice(at + 1));
  return host === '' || /\s/.test(address) ? '' : `${address.slice(0, at).toLowerCase()}@${host}`;
}

/** Fewer digits are an extension, or a slip. */
const leastPhoneDigits = 6;

/** Digits from the country or area code on, without what is only dialled inside a country. */
function normalisePhone(value: string): string {
  const digits = value
    .replace(/\(0\)/g, '')
    .replace(/(ext|x|durchwahl|poste)\.?\s*\d+\s*$/i, '')
    .replace(/\D/g, '')
    .replace(/^0+/, '');
  return digits.length < leastPhoneDigits ? '' : digits;
}

/**
 * Case, diacritics, punctuation and the spelling of the legal form do not count. The form itself does: `Acme AG` and
 * `Acme GmbH` are two firms.
 */
function normaliseFirm(value: string): string {
  const { core, form } = splitLegalForm(wordsOf(value));
  return [...core, form].join(' ').trim();
}
