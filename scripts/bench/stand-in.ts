/**
 * Odoo and a partner that answer at once, in one process: for measuring what the bridge itself costs. They know
 * customers and deals, and keep count of what reached the partner; everything else about real systems is in the sandboxes.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { customProperties } from '../../bridge/systems/hubspot/properties.ts';
import { serveParent } from './child.ts';
import { databaseUuid } from './messages.ts';

let arrived = new Map<string, number>();
let expected = 0;
let onComplete = () => {};
const awaited = new Map<string, () => void>();

function arrive(reference: string): void {
  if (!arrived.has(reference)) arrived.set(reference, performance.timeOrigin + performance.now());
  awaited.get(reference)?.();
  if (arrived.size === expected) onComplete();
}

type Answer = (body: Record<string, unknown>) => unknown;

const routes: Readonly<Record<string, Answer>> = {
  '/json/2/res.partner/search_read': (body) => partners(idsOf(body)),
  '/json/2/account.move/search_read': () => [],
  '/json/2/sale.order/search_read': () => [],
  '/json/2/crm.lead/search_read': (body) => leads(idsOf(body)),
  '/json/2/services.bridge.facade/describe': () => ({
    protocol: 1,
    addon: '19.0.1.0.0',
    odoo: '19.0',
    database: databaseUuid,
    neutralized: false,
    user: { id: 2, login: 'bridge' },
    enabled: true,
    watched: {},
    missing_rights: [],
  }),
  '/account-info/v3/details': () => ({ portalId: 1, timeZone: 'UTC', companyCurrency: 'EUR' }),
  '/crm/v3/properties/companies': () => ({ results: customProperties.companies }),
  '/crm/v3/properties/deals': () => ({ results: customProperties.deals }),
  '/crm/v3/properties/companies/groups': () => ({}),
  '/crm/v3/properties/deals/groups': () => ({}),
  '/crm/v3/objects/companies/batch/upsert': (body) => upsert(body),
  '/crm/v3/objects/companies/batch/update': (body) => upsert(body),
  '/crm/v3/objects/deals/batch/read': () => ({ status: 'COMPLETE', results: [] }),
  '/crm/v3/objects/deals/batch/upsert': (body) => upsert(body),
  '/objects': (body) => {
    arrive(String(body.reference));
    return { id: body.reference };
  },
};

/** The ids of a domain that begins with `["id", "in", […]]`. */
function idsOf(body: Record<string, unknown>): number[] {
  const [first] = body.domain as [[string, string, number[]]];
  return first[2];
}

const partners = (ids: readonly number[]) =>
  ids.map((id) => ({
    id,
    name: `Customer ${id}`,
    is_company: true,
    parent_id: false,
    vat: false,
    email: `office@customer-${id}.example`,
    website: false,
    phone: '+41 44 000 00 00',
    street: 'Seestrasse 1',
    street2: false,
    city: 'Zürich',
    zip: '8002',
    country_code: 'CH',
    active: true,
    commercial_partner_id: [id, `Customer ${id}`],
  }));

const leads = (ids: readonly number[]) =>
  ids.map((id) => ({
    id,
    name: `Deal ${id}`,
    partner_id: false,
    stage_id: false,
    user_id: false,
    active: true,
  }));

interface Input {
  readonly id: string;
  readonly objectWriteTraceId: string;
}

function upsert(body: Record<string, unknown>): unknown {
  const inputs = body.inputs as readonly Input[];
  for (const input of inputs) arrive(input.id);
  return {
    status: 'COMPLETE',
    results: inputs.map(({ id, objectWriteTraceId }) => ({
      id: id.replace(/\D/g, ''),
      properties: {},
      new: true,
      objectWriteTraceId,
    })),
  };
}

function handle(request: IncomingMessage, response: ServerResponse): void {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const route = routes[request.url?.split('?')[0] ?? ''];
    const text = Buffer.concat(chunks).toString();
    response.setHeader('content-type', 'application/json');
    if (route === undefined) {
      console.error(`The stand-in has no ${request.method} ${request.url}`);
      response.statusCode = 404;
      response.end('{}');
    } else response.end(JSON.stringify(route(text === '' ? {} : JSON.parse(text))));
  });
}

const server = createServer(handle);
server.listen(0, '127.0.0.1', () => {
  serveParent({ port: (server.address() as AddressInfo).port }, async ({ expect, complete, reference }) => {
    if (typeof reference === 'string') {
      if (!arrived.has(reference)) await new Promise<void>((resolve) => awaited.set(reference, resolve));
      return { at: arrived.get(reference) };
    }
    if (typeof expect === 'number') {
      arrived = new Map();
      expected = expect;
      onComplete = () => {};
      return {};
    }
    if (complete === true && arrived.size < expected) {
      await new Promise<void>((resolve) => {
        onComplete = resolve;
      });
    }
    return {
      at: Math.max(0, ...arrived.values()),
      arrivals: expected <= 1000 ? Object.fromEntries(arrived) : {},
    };
  });
});
