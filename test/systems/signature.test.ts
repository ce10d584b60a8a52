import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { createVerifier, sign } from '../../bridge/systems/signature.ts';

// The vector of the specification (https://github.com/standard-webhooks/standard-webhooks), made by its own libraries.
const published = {
  secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
  id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
  timestamp: 1_614_265_330,
  body: '{"test": 2432232314}',
  signature: 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
};
const other = `whsec_${Buffer.alloc(24, 9).toString('base64')}`;
const at = (seconds: number) => () => seconds * 1000;
const { secret, id, timestamp, body, signature } = published;
const headers = { id, timestamp: String(timestamp), signature };
const bytes = Buffer.from(body);
const verifier = createVerifier([secret], 300, at(timestamp));

describe('a signature', () => {
  test('is the one that the specification gives', () => {
    expect(sign([secret], id, timestamp, body)).toBe(signature);
    expect(verifier.verify(headers, bytes)).toBeUndefined();
  });

  test('is HMAC-SHA256 over id, timestamp and the raw bytes, keyed with the decoded secret', () => {
    const key = Buffer.from(other.slice('whsec_'.length), 'base64');
    const raw = Buffer.from([0x7b, 0xff, 0x00, 0x7d]);
    const mac = createHmac('sha256', key).update(Buffer.concat([Buffer.from(`a.b.${timestamp}.`), raw]));
    const given = { id: 'a.b', timestamp: String(timestamp), signature: `v1,${mac.digest('base64')}` };
    expect(createVerifier([other], 300, at(timestamp)).verify(given, raw)).toBeUndefined();
  });

  test.each([
    ['another body', headers, Buffer.from('{"test": 2432232315}')],
    ['another id', { ...headers, id: 'msg_other' }, bytes],
    ['another time', { ...headers, timestamp: String(timestamp + 1) }, bytes],
    ['another version', { ...headers, signature: signature.replace('v1,', 'v2,') }, bytes],
    ['no version', { ...headers, signature: signature.replace('v1,', '') }, bytes],
    ['half of it', { ...headers, signature: signature.slice(0, 20) }, bytes],
    ['more of it', { ...headers, signature: `${signature.slice(0, -1)}AAAA=` }, bytes],
    ['nothing', { ...headers, signature: '' }, bytes],
    ['an empty one', { ...headers, signature: 'v1,' }, bytes],
    ['no base64', { ...headers, signature: 'v1,????' }, bytes],
  ])('is refused with %s', (_, given, content) => {
    expect(verifier.verify(given, content)).toBe('bad_signature');
  });

  test.each(['id', 'timestamp', 'signature'])('needs the header %s', (name) => {
    expect(verifier.verify({ ...headers, [name]: undefined }, bytes)).toBe('missing_header');
  });
});

describe('while a secret is rotated', () => {
  test('any secret of the receiver fits any signature of the sender', () => {
    const both = sign([other, secret], id, timestamp, body);
    for (const secrets of [[secret], [other], [other, secret], [secret, other]])
      expect(
        createVerifier(secrets, 300, at(timestamp)).verify({ ...headers, signature: both }, bytes),
      ).toBeUndefined();
    expect(createVerifier([other, secret], 300, at(timestamp)).verify(headers, bytes)).toBeUndefined();
    expect(createVerifier([other], 300, at(timestamp)).verify(headers, bytes)).toBe('bad_signature');
  });

  test('a header with endless signatures is looked at only so far', () => {
    const many = `${'v1,AAAA '.repeat(1000)}${signature}`;
    expect(verifier.verify({ ...headers, signature: many }, bytes)).toBe('bad_signature');
  });
});

describe('the time', () => {
  const verifyAt = (seconds: number) => createVerifier([secret], 300, at(seconds)).verify(headers, bytes);

  test('may be off by the tolerance, both ways, and not by more', () => {
    expect(verifyAt(timestamp + 300)).toBeUndefined();
    expect(verifyAt(timestamp - 300)).toBeUndefined();
    expect(verifyAt(timestamp + 301)).toBe('bad_timestamp');
    expect(verifyAt(timestamp - 301)).toBe('bad_timestamp');
  });

  test.each([
    '',
    'now',
    '1e9',
    '0x60376d32',
    `${timestamp}.5`,
    `-${timestamp}`,
    ` ${timestamp}`,
    'NaN',
    '9'.repeat(400),
  ])('is refused as "%s"', (given) => {
    expect(verifier.verify({ ...headers, timestamp: given }, bytes)).toBe('bad_timestamp');
  });
});
