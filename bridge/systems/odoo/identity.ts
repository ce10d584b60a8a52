/**
 * Providers where a domain says nothing about the firm. The large ones by number of mailboxes; a provider that is
 * missing here costs a wrong proposal to match two customers, never a wrong write.
 */
const freemail = new Set(
  `126.com 163.com aol.com bluewin.ch free.fr freenet.de fastmail.com gmail.com gmx.at gmx.ch gmx.com gmx.de gmx.net
  googlemail.com hey.com hotmail.co.uk hotmail.com hotmail.fr hotmail.it icloud.com laposte.net libero.it live.com mac.com
  mail.com mail.ru me.com msn.com naver.com orange.fr outlook.com outlook.de outlook.fr pm.me posteo.de proton.me
  protonmail.com qq.com rediffmail.com skynet.be t-online.de telenet.be tutanota.com wanadoo.fr web.de yahoo.co.in
  yahoo.co.uk yahoo.com yahoo.de yahoo.fr yandex.ru ymail.com zoho.com`.split(/\s+/),
);

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
  return host?.includes('.') ? host : null;
}

function domainOfEmail(email: string | null): string | null {
  const domain = email?.split('@')[1]?.toLowerCase();
  return domain === undefined || freemail.has(domain) ? null : domain;
}

/** The internet domain of a firm: from its website, else from its e-mail address. */
export function domainOf(website: string | null, email: string | null): string | null {
  return domainOfWebsite(website) ?? domainOfEmail(email);
}
