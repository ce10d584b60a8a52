import type { MiddlewareHandler } from 'hono';
import { type Clock, systemClock } from '../clock.ts';
import type { FaultSwitch } from '../faults.ts';
import type { Journal } from '../journal.ts';
import { createQuota, type QuotaOptions } from '../quota.ts';
import { createSandboxCore, listen, type SandboxEnvironment, type ServerOptions } from '../server.ts';
import { addAccountRoutes } from './account.ts';
import { addAssociationRoutes, associate } from './associations.ts';
import { addBatchRoutes } from './batch.ts';
import { faultBody, Refusal } from './errors.ts';
import { archive, create, requirePresent, requireValid, update } from './objects.ts';
import { hubspotPage } from './page.ts';
import type { ObjectType } from './properties.ts';
import { addSearchRoutes, type SearchLimits } from './search.ts';
import { addSingleRoutes } from './single.ts';
import { createHubspotState, type HubspotState } from './state.ts';

export interface HubspotSandboxOptions extends ServerOptions {
  /** Private app token that requests must carry. */
  readonly token?: string;
  readonly clock?: Clock;
  /** How long a new state takes to be found by search. Default: 2 seconds of the clock. */
  readonly searchDelayMilliseconds?: number;
  /** Default: 10,000 results, 200 a page. */
  readonly searchLimits?: SearchLimits;
  /** Requests of the account. Default: 190 in 10 seconds. */
  readonly quota?: QuotaOptions;
  /** Search requests of the account. Default: 5 a second. */
  readonly searchQuota?: QuotaOptions;
}

/** An object as a test looks at it; cleared and never set properties are absent. */
export interface SandboxObject {
  readonly id: string;
  readonly properties: Readonly<Record<string, string>>;
}

export interface HubspotSandbox {
  readonly url: string;
  readonly token: string;
  readonly faults: FaultSwitch;
  readonly calls: Journal;
  readonly state: HubspotState;
  /** Objects that are not archived. */
  objects(type: ObjectType): SandboxObject[];
  /** Ids of the primary company of a deal, `undefined` when it has none. */
  companyOf(deal: string): string | undefined;
  /** What a person does in HubSpot's own pages. */
  readonly person: {
    create(type: ObjectType, properties: Record<string, string>): string;
    edit(type: ObjectType, id: string, properties: Record<string, string>): void;
    archive(type: ObjectType, id: string): void;
    /** Adds a company to a deal, the first one as the primary one. */
    connect(deal: string, company: string): void;
  };
  close(): Promise<void>;
}

export async function startHubspotSandbox(options: HubspotSandboxOptions = {}): Promise<HubspotSandbox> {
  const clock = options.clock ?? systemClock;
  const token = options.token ?? 'pat-eu1-sandbox';
  const state = createHubspotState(clock, options.searchDelayMilliseconds ?? 2000);
  const core = createSandboxCore(clock, faultBody);
  const { app } = core;
  app.get('/', (c) => c.html(hubspotPage(state)));
  app.use('/crm/*', limitRequests(options), requireToken(token), requireJson);
  app.use('/account-info/*', limitRequests(options), requireToken(token));
  addBatchRoutes(app, state);
  addSearchRoutes(app, state, options.searchLimits ?? { results: 10_000, page: 200 });
  addAssociationRoutes(app, state);
  addAccountRoutes(app, state);
  addSingleRoutes(app, state);
  app.notFound((c) => c.json(new Refusal(404, 'OBJECT_NOT_FOUND', 'resource not found').body, 404));
  app.onError((error, c) => {
    if (error instanceof Refusal) return c.json(error.body, error.status);
    console.error(error);
    return c.json(faultBody(500), 500);
  });
  const server = await listen(core, options);
  return {
    url: server.url,
    token,
    faults: core.faults,
    calls: core.calls,
    state,
    objects: (type) =>
      [...state.objects[type].values()]
        .filter((object) => object.archivedAt === undefined)
        .map(({ id, properties }) => ({
          id,
          properties: Object.fromEntries(Object.entries(properties).filter(([, value]) => value !== '')),
        })),
    companyOf: (deal) => state.companiesOfDeal.get(deal)?.find(({ types }) => types.has(5))?.toId,
    person: {
      create: (type, properties) => create(state, type, requireValid(state, type, properties)).id,
      edit(type, id, properties) {
        update(state, type, requirePresent(state, type, id), requireValid(state, type, properties));
      },
      archive: (type, id) => archive(state, type, id),
      connect: (deal, company) =>
        associate(state, deal, company, state.companiesOfDeal.get(deal)?.length ? [341] : [5]),
    },
    close: server.close,
  };
}

function limitRequests(options: HubspotSandboxOptions): MiddlewareHandler<SandboxEnvironment> {
  const limit = options.quota ?? { requests: 190, milliseconds: 10_000 };
  const all = createQuota(limit);
  const searches = createQuota(options.searchQuota ?? { requests: 5, milliseconds: 1000 });
  return async (c, next) => {
    const search = c.req.path.endsWith('/search');
    const { allowed, remaining, retryAfterSeconds } = (search ? searches : all).take();
    if (!allowed) {
      const policyName = search ? 'SECONDLY' : 'TEN_SECONDLY_ROLLING';
      const body = { ...faultBody(429), errorType: 'RATE_LIMIT', policyName };
      return c.json(body, 429, { 'retry-after': String(retryAfterSeconds) });
    }
    await next();
    // Search answers do not carry these.
    if (search) return;
    c.header('x-hubspot-ratelimit-max', String(limit.requests));
    c.header('x-hubspot-ratelimit-remaining', String(remaining));
    c.header('x-hubspot-ratelimit-interval-milliseconds', String(limit.milliseconds));
  };
}

function requireToken(token: string): MiddlewareHandler<SandboxEnvironment> {
  return async (c, next) => {
    if (c.req.header('authorization') === `Bearer ${token}`) return next();
    throw new Refusal(
      401,
      'INVALID_AUTHENTICATION',
      'Authentication credentials not found. This API supports OAuth 2.0 authentication and you can find more details at https://developers.hubspot.com/docs/methods/auth/oauth-overview',
    );
  };
}

const requireJson: MiddlewareHandler<SandboxEnvironment> = async (c, next) => {
  const type = c.req.header('content-type') ?? '';
  if (['POST', 'PATCH', 'PUT'].includes(c.req.method) && !type.startsWith('application/json'))
    throw new Refusal(415, 'UNSUPPORTED_MEDIA_TYPE', `Unsupported media type: ${type}`);
  return next();
};
