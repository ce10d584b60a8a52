import { isSharedHost } from '../../matching/shared-host.ts';

/** VAT numbers are compared without the separators that people put in: `BE 0477.472.701` → `BE0477472701`. */
export function normalizeVat(vat: string | null): string | null {
  const normal = (vat ?? '').replace(/[^\p{L}\p{N}]/gu, '').toUpperCase();
  // People write "/" for "has none", which leaves nothing.
  return normal === '' ? null : normal;
}

/** `https://www.Acme.com/contact` and `acme.com` → `acme.com`. */
function domainOfWebsite(website: string | null): string | null {
  if (website === null) return null;
  const url = URL.parse(website.includes('://') ? website : `http://${website}`);
  const host = url?.hostname.toLowerCase().replace(/^www\./, '');
  return host?.includes('.') && !isSharedHost(host) ? host : null;
}

function domainOfEmail(email: string | null): string | null {
  const domain = email?.split('@')[1]?.toLowerCase();
  return domain === undefined || isSharedHost(domain) ? null : domain;
}

/** The internet domain of a firm: from its website, else from its e-mail address; never one that strangers share. */
export function domainOf(website: string | null, email: string | null): string | null {
  return domainOfWebsite(website) ?? domainOfEmail(email);
}
