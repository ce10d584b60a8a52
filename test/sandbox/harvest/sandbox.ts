import type { Hono, MiddlewareHandler } from 'hono';
import { type Clock, systemClock } from '../clock.ts';
import type { FaultSwitch } from '../faults.ts';
import type { Journal } from '../journal.ts';
import { createQuota, type QuotaOptions } from '../quota.ts';
import { createSandboxCore, listen, type SandboxEnvironment, type ServerOptions } from '../server.ts';
import { type Approvals, addApprovalRoutes, createApprovals } from './approval.ts';
import { addClientRoutes } from './clients.ts';
import { faultBody, Refusal } from './errors.ts';
import { addExpenseCategoryRoutes } from './expense-categories.ts';
import { addExpenseRoutes } from './expenses.ts';
import { addInvoiceItemCategoryRoutes } from './invoice-item-categories.ts';
import { addInvoiceMessageRoutes } from './invoice-messages.ts';
import { addInvoicePaymentRoutes } from './invoice-payments.ts';
import { addInvoiceRoutes, requireInvoices } from './invoices.ts';
import { harvestPage } from './page.ts';
import { addProjectRoutes } from './projects.ts';
import { addReportRoutes } from './reports.ts';
import { type SeededTime, seedTime } from './seed.ts';
import { createHarvestState, type HarvestRules, type HarvestState, type TimeEntry } from './state.ts';
import { addTaskAssignmentRoutes, addTaskRoutes } from './tasks.ts';
import { addTimeEntryRoutes } from './time-entries.ts';
import { addUserAssignmentRoutes } from './user-assignments.ts';
import { addUserRoutes } from './users.ts';

export interface HarvestSandboxOptions extends ServerOptions {
  /** Personal access token and account that requests must carry. */
  readonly token?: string;
  readonly accountId?: string;
  readonly clock?: Clock;
  /** Requests of the account. Default: 100 in 15 seconds. */
  readonly quota?: QuotaOptions;
  /** Requests of the reports, which are counted apart. Default: 100 in 15 minutes. */
  readonly reportQuota?: QuotaOptions;
  /** Default: no rounding; approvals do not move `updated_at`; the module for invoices is there. */
  readonly rules?: Partial<HarvestRules>;
}

export interface HarvestSandbox {
  /** Address of the API, without `/v2`, and of the page for people. */
  readonly url: string;
  readonly token: string;
  readonly accountId: string;
  readonly faults: FaultSwitch;
  readonly calls: Journal;
  readonly state: HarvestState;
  readonly approvals: Approvals;
  /** Fills the account with people, projects and their time, in which many requests would take long. */
  seedTime(seeded: SeededTime): readonly TimeEntry[];
  close(): Promise<void>;
}

export async function startHarvestSandbox(options: HarvestSandboxOptions = {}): Promise<HarvestSandbox> {
  const clock = options.clock ?? systemClock;
  const token = options.token ?? '7001.pt.sandbox';
  const accountId = options.accountId ?? '7001';
  const state = createHarvestState(clock, {
    roundingMinutes: 0,
    approvalMovesUpdatedAt: false,
    invoices: true,
    ...options.rules,
  });
  const approvals = createApprovals(state);
  const core = createSandboxCore(clock, faultBody);
  const { app } = core;
  app.get('/', (c) => c.html(harvestPage(state)));
  addApprovalRoutes(app, approvals);
  app.use(
    '/v2/*',
    limitRequests(
      options.quota ?? { requests: 100, milliseconds: 15_000 },
      options.reportQuota ?? { requests: 100, milliseconds: 15 * 60_000 },
    ),
  );
  app.use('/v2/*', requireHeaders(token, accountId));
  addCompanyRoute(app, state);
  addClientRoutes(app, state);
  addProjectRoutes(app, state);
  addTaskRoutes(app, state);
  addTaskAssignmentRoutes(app, state);
  addUserRoutes(app, state);
  addUserAssignmentRoutes(app, state);
  addTimeEntryRoutes(app, state);
  addExpenseCategoryRoutes(app, state);
  addExpenseRoutes(app, state);
  addReportRoutes(app, state);
  requireInvoices(app, state);
  addInvoiceItemCategoryRoutes(app, state);
  addInvoiceRoutes(app, state);
  addInvoiceMessageRoutes(app, state);
  addInvoicePaymentRoutes(app, state);
  app.notFound((c) => c.json({ status: 404, error: 'Not Found' }, 404));
  app.onError((error, c) => {
    if (error instanceof Refusal) return c.json(error.body, error.status);
    console.error(error);
    return c.json(faultBody(500), 500);
  });
  const server = await listen(core, options);
  return {
    url: server.url,
    token,
    accountId,
    faults: core.faults,
    calls: core.calls,
    state,
    approvals,
    seedTime: (seeded) => seedTime(state, seeded),
    close: server.close,
  };
}

function limitRequests(general: QuotaOptions, reports: QuotaOptions): MiddlewareHandler<SandboxEnvironment> {
  const quotas = { general: createQuota(general), reports: createQuota(reports) };
  return async (c, next) => {
    const quota = c.req.path.startsWith('/v2/reports/') ? quotas.reports : quotas.general;
    const { allowed, retryAfterSeconds } = quota.take();
    if (allowed) return next();
    return c.json(faultBody(429), 429, { 'retry-after': String(retryAfterSeconds) });
  };
}

function requireHeaders(token: string, accountId: string): MiddlewareHandler<SandboxEnvironment> {
  return async (c, next) => {
    if (!c.req.header('user-agent'))
      throw new Refusal(400, 'Please include a User-Agent header with your request');
    if (c.req.header('authorization') !== `Bearer ${token}`)
      throw new Refusal(401, 'invalid token', faultBody(401));
    if (c.req.header('harvest-account-id') !== accountId)
      throw new Refusal(403, 'The token has no access to this account', faultBody(403));
    const type = c.req.header('content-type') ?? '';
    if (['POST', 'PATCH'].includes(c.req.method) && !type.startsWith('application/json'))
      throw new Refusal(415, 'Unsupported Media Type');
    return next();
  };
}

function addCompanyRoute(app: Hono<SandboxEnvironment>, { rules }: HarvestState): void {
  app.get('/v2/company', (c) =>
    c.json({
      base_uri: 'https://example.harvestapp.com',
      full_domain: 'example.harvestapp.com',
      name: 'Example Services',
      is_active: true,
      week_start_day: 'Monday',
      wants_timestamp_timers: false,
      time_format: 'decimal',
      date_format: '%Y-%m-%d',
      plan_type: 'trial',
      clock: '24h',
      currency_code_display: 'iso_code_after',
      currency_symbol_display: 'symbol_none',
      decimal_symbol: '.',
      thousands_separator: ',',
      color_scheme: 'blue',
      weekly_capacity: 144_000,
      expense_feature: true,
      invoice_feature: rules.invoices,
      estimate_feature: true,
      approval_feature: true,
      team_feature: true,
    }),
  );
}
