import { createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto';

/** The three headers of Standard Webhooks, as received. */
export interface SignatureHeaders {
  readonly id: string | undefined;
  readonly timestamp: string | undefined;
  readonly signature: string | undefined;
}

export type SignatureProblem = 'missing_header' | 'bad_timestamp' | 'bad_signature';

export interface Verifier {
  /** What can be said against a message before its body is there; `undefined`: nothing. */
  examine(headers: SignatureHeaders): Exclude<SignatureProblem, 'bad_signature'> | undefined;
  /** `undefined` when one of the secrets made the signature, and not too long ago. */
  verify(headers: SignatureHeaders, body: Buffer): SignatureProblem | undefined;
}

const secretPrefix = 'whsec_';
/** Signatures of one message that are looked at: a sender has two secrets while one is being rotated. */
const mostSignatures = 8;

/**
 * Checks signatures made after Standard Webhooks (https://www.standardwebhooks.com): HMAC-SHA256 over
 * `<id>.<timestamp>.<body>`. The keys are prepared once; that is several times cheaper than a raw key each time.
 *
 * @param secrets `whsec_` and base64; any of them may have signed
 */
export function createVerifier(
  secrets: readonly string[],
  toleranceSeconds: number,
  now: () => number = Date.now,
): Verifier {
  const keys = secrets.map(keyOf);

  function examine({ id, timestamp, signature }: SignatureHeaders) {
    if (id === undefined || timestamp === undefined || signature === undefined) return 'missing_header';
    const seconds = Number(timestamp);
    const age = Math.abs(now() / 1000 - seconds);
    // Written so that a timestamp that is no number fails.
    return /^\d{1,12}$/.test(timestamp) && age <= toleranceSeconds ? undefined : 'bad_timestamp';
  }

  return {
    examine,
    verify(headers, body) {
      const problem = examine(headers);
      if (problem !== undefined) return problem;
      const given = signaturesIn(headers.signature as string);
      const prefix = `${headers.id}.${headers.timestamp}.`;
      for (const key of keys) {
        const expected = createHmac('sha256', key).update(prefix).update(body).digest();
        if (
          given.some(
            (candidate) => candidate.length === expected.length && timingSafeEqual(candidate, expected),
          )
        ) {
          return undefined;
        }
      }
      return 'bad_signature';
    },
  };
}

/** A signature header for a message; what the addon does on its side. */
export function sign(
  secrets: readonly string[],
  id: string,
  timestamp: number,
  body: string | Buffer,
): string {
  const signatures = secrets.map((secret) => {
    const mac = createHmac('sha256', keyOf(secret))
      .update(`${id}.${timestamp}.`)
      .update(body)
      .digest('base64');
    return `v1,${mac}`;
  });
  return signatures.join(' ');
}

function keyOf(secret: string): KeyObject {
  const encoded = secret.startsWith(secretPrefix) ? secret.slice(secretPrefix.length) : secret;
  return createSecretKey(Buffer.from(encoded, 'base64'));
}

function signaturesIn(header: string): Buffer[] {
  return header
    .split(' ', mostSignatures)
    .filter((entry) => entry.startsWith('v1,'))
    .map((entry) => Buffer.from(entry.slice('v1,'.length), 'base64'));
}
