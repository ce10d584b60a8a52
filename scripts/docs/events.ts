import { readFileSync } from 'node:fs';
import type { BusinessEventDefinition, DataField } from '../../bridge/entities/business-event.ts';
import { businessEvents } from '../../bridge/entities/business-events.ts';
import { entityOf } from '../../bridge/entities/catalogue.ts';
import { unitOf } from '../../bridge/entities/json-schema.ts';

const definitions: readonly BusinessEventDefinition[] = Object.values(businessEvents);

const introduction = `# Business events

<!-- Made by "npm run docs" from bridge/entities/ and scripts/docs/events.ts. Change it there. -->

A business event is a change that people have a name for: \`invoice.paid\`. The bridge derives it from the transition of a
field of an [entity](entities.md), never from what one product calls it, keeps it together with the change, shows it in
\`bridge trace\`, and tells everybody who has subscribed to it by a signed message.
`;

const subscribing = `## Subscribe

\`sync-rules/subscribers.yaml\` says who is told of what:

\`\`\`yaml
subscribers:
  data-warehouse:
    events: [invoice.posted, invoice.paid, payment.received]
\`\`\`

The address and the signing secret are settings, with the name in capitals and \`_\` for \`-\`:

\`\`\`sh
SUBSCRIBER_DATA_WAREHOUSE_URL=https://warehouse.example.com/events
SUBSCRIBER_DATA_WAREHOUSE_SECRETS=whsec_…   # echo "whsec_$(openssl rand -base64 32)"
\`\`\`

\`bridge check\` says whether the address can be reached; it sends no event. Who subscribes is told of what happens from then
on, not of what happened before.
`;

const message = `## The message

One \`POST\` for each event, as [Standard Webhooks](https://www.standardwebhooks.com) have it:

\`\`\`http
content-type: application/json
webhook-id: 019bd0c4-5d1e-7a2b-9c3d-4e5f60718293
webhook-timestamp: 1768999925
webhook-signature: v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=
\`\`\`

\`\`\`json
{
  "id": "019bd0c4-5d1e-7a2b-9c3d-4e5f60718293",
  "type": "time.approved",
  "version": 1,
  "timestamp": "2026-01-21T12:52:01.000Z",
  "object": { "system": "harvest", "entity": "timesheet", "id": "4711", "business_object": null },
  "correlation": "poll:harvest:time:019bd0c4-5c00-7b6a-8f21-0c9d5e4b3a21",
  "data": {
    "worker": "12", "project": "305", "task": null, "resource_role": null,
    "day": "2026-01-20", "hours": "7.50", "billable": true, "legal_entity": null
  }
}
\`\`\`

| part | says |
|---|---|
| \`id\` | which event it is: the same at every try, and for every subscriber |
| \`type\`, \`version\` | what happened, and which version of its schema \`data\` follows |
| \`timestamp\` | when it happened, as far as the system tells, else when the bridge noticed |
| \`object\` | what it happened to, in the system that told of it; \`business_object\` is its id over all systems, \`null\` while it is known in one only |
| \`correlation\` | what \`bridge trace\` finds the whole story by |
| \`data\` | the values of that moment, whatever became of the object since |

Values are as everywhere in the bridge: amounts and hours are decimal strings, days plain dates, references ids of the
system that \`object\` names, \`null\` what is empty or not known there. New values may be added to \`data\` at any time; when
one changes its meaning or goes away, the version rises. \`bridge schema --out <directory>\` writes a JSON Schema of each
message, \`invoice.paid.v1.json\`.
`;

const verifying = () => `## Check the signature

The signature is the base64 of HMAC-SHA256 over \`<webhook-id>.<webhook-timestamp>.<body>\`, with the bytes of the body as
they came in; the key is what follows \`whsec_\`, decoded from base64. Compare in constant time, and refuse what is older
than some minutes, so that nobody can send a recorded message again. The libraries of Standard Webhooks do all of it.

To replace a secret, list the old and the new one: every message is then signed with both, the header has two signatures,
and a receiver is content with either. When every receiver has the new one, remove the old.

A receiver without any library ([docs/examples/receiver.mjs](examples/receiver.mjs)):

\`\`\`js
${readFileSync(new URL('../../docs/examples/receiver.mjs', import.meta.url), 'utf8').trimEnd()}
\`\`\`
`;

const promises = `## What you can rely on

- **Once in the books.** An event is kept in the transaction that keeps its change. What is read again, comes twice or is
  replayed after a crash changes nothing and makes no event. A transition that happens again, such as an invoice that was
  reset to draft and posted anew, is an event again.
- **One system tells.** An object may exist in several systems. Its event comes from the one that owns the deciding field by
  the rules; where they name no owner, from the one whose rules carry or ask for the field, else from its usual owner.
- **At least once.** An event is sent until it is answered with a 2xx status, so it may come twice, for instance when the
  answer was lost. Know it again by its id.
- **In order.** The events of one object come in the order in which they happened: one is sent when the one before it is
  settled. Nothing is left out because something newer exists. Between objects no order is promised, and slow
  subscribers hold up nobody else.
- **Old objects keep quiet.** An object that the bridge sees for the first time makes events only when it was created while
  the bridge watched. Starting to use the bridge, or touching a sale that was won years ago, makes none.
- **Nothing leaves a copy.** While Odoo's database is a copy, nobody is told of anything.

## What your answer means

| answer | what follows |
|---|---|
| 2xx within 15 seconds | done; the body is not looked at, and a connection on which one goes on for more than a second is closed |
| 429 | again later, not before \`Retry-After\`; counts as no try |
| 5xx, 408, none in time, not reachable | again later: after 1 s, doubling to 15 minutes, half of it random. An outage of days loses nothing; an event that fails while others get through needs a person after 32 tries, about six hours |
| 401, 403, 404, 405, 410, a redirection | nobody takes events there, or not from us: all events for this subscriber wait, and the bridge looks about once a minute whether that has changed. Its log says what to mend |
| any other 4xx | this event is refused: it is not sent again, and \`bridge status\` shows it to a person |

**A refused event does not hold up later ones** of the same object: nobody knows how long a person takes, and a later state
is worth more than none. A receiver that needs every step must not refuse: it answers 2xx and keeps what it cannot use, or
5xx to have it again. A duplicate is answered with 2xx.

Events wait in the same outbox as everything else, with the same lanes: those of invoices, payments, time and expenses go
before others. \`bridge trace <id of an event>\` shows the way of one. They are removed after \`RETENTION_DAYS\`, those that
somebody has still to be told of are kept.
`;

const cell = (text: string): string => text.replaceAll('|', '\\|');

function kindText(field: DataField): string {
  if (field.kind === 'earlier') {
    const names = Object.keys(field.fields).map((name) => `\`${name}\``);
    return `object with any of ${names.join(', ')}`;
  }
  if (field.values !== undefined) return `code: ${field.values.map((value) => `\`${value}\``).join(', ')}`;
  if (field.entity !== undefined) return `${field.kind} to [${field.entity}](entities.md#${field.entity})`;
  const unit = unitOf(field);
  return unit === undefined ? field.kind : `${field.kind}, ${unit}`;
}

function section({ name, version, meaning, entity, field, data }: BusinessEventDefinition): string {
  const owner = entityOf(entity).fields[field]?.owner;
  const rows = Object.entries(data).map(
    ([value, of]) => `| \`${value}\` | ${cell(kindText(of))} | ${cell(of.meaning)} |`,
  );
  return `### ${name}

${meaning} Version ${version}, of [${entity}](entities.md#${entity}); the owner of \`${field}\` tells, usually the \`${owner}\`.

| value | kind | meaning |
|---|---|---|
${rows.join('\n')}
`;
}

/** The text of docs/events.md. */
export const eventsDocument = (): string => {
  const overview = definitions
    .map(
      ({ name, entity, meaning }) =>
        `| [${name}](#${name.replace('.', '')}) | ${entity} | ${cell(meaning)} |`,
    )
    .join('\n');
  return [
    introduction,
    `| event | of | what happened |\n|---|---|---|\n${overview}\n`,
    subscribing,
    message,
    verifying(),
    promises,
    '## The events\n',
    ...definitions.map(section),
  ].join('\n');
};
