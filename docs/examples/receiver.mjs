// Takes business events and prints them. Start it with SECRETS="whsec_…" node receiver.mjs
import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';

const longestAgeSeconds = 300;
const keys = (process.env.SECRETS ?? '')
  .split(' ')
  .map((secret) => Buffer.from(secret.replace('whsec_', ''), 'base64'));
/** Ids of the events that were taken. Keep them where they outlive a restart, for as long as you keep events. */
const taken = new Set();

/** True when one of the secrets made one of the signatures, and not too long ago. */
function isGenuine(headers, body) {
  const { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures = '' } = headers;
  const age = Math.abs(Date.now() / 1000 - Number(timestamp));
  if (!(age <= longestAgeSeconds)) return false;
  const candidates = signatures
    .split(' ')
    .map((signature) => Buffer.from(signature.replace('v1,', ''), 'base64'));
  return keys.some((key) => {
    const expected = createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest();
    return candidates.some(
      (candidate) => candidate.length === expected.length && timingSafeEqual(candidate, expected),
    );
  });
}

const server = createServer(async (request, response) => {
  const body = Buffer.concat(await request.toArray());
  if (!isGenuine(request.headers, body)) {
    response.writeHead(401).end();
    return;
  }
  const event = JSON.parse(body.toString());
  if (!taken.has(event.id)) {
    console.log(event.timestamp, event.type, event.object.id, event.data);
    taken.add(event.id);
  }
  // Only now: what is not acknowledged comes again.
  response.writeHead(204).end();
});
server.listen(Number(process.env.PORT ?? 8080), '127.0.0.1', () => {
  console.log(`Waits for events on port ${server.address().port}`);
});
