import * as v from 'valibot';
import type { Limit } from '../limiter.ts';

const billingMethods = ['Project', 'Tasks', 'People', 'none'] as const;
const budgetMethods = ['project', 'project_cost', 'task', 'task_fees', 'person', 'none'] as const;

export interface HarvestOptions {
  /** Name of the system in the rules. Default: `harvest`. */
  readonly system?: string;
  /** Default: `https://api.harvestapp.com`. */
  readonly baseUrl?: string;
  /** Personal access token; asked for at every request, so it may be renewed. Never logged. */
  readonly token: () => string;
  /** Account id, as Harvest shows it beside the token. */
  readonly accountId: string;
  /** Answers the account that the bridge belongs to, once this one has answered. Default: this one. */
  readonly pin?: (accountId: string) => Promise<string>;
  /** Harvest wants to know who calls, with an address for questions. */
  readonly userAgent?: string;
  readonly timeoutMilliseconds?: number;
  /** Requests of the account. Default: 100 in 15 seconds. */
  readonly limit?: Limit;
  /** How a new project is billed in Harvest, which invoices no time by itself. Default: `none`. */
  readonly billBy?: (typeof billingMethods)[number];
  /** How a new project is budgeted: by hours (`project`), money (`project_cost`), … Default, `none`: as the fields say. */
  readonly budgetBy?: (typeof budgetMethods)[number];
  /** First day whose time and expenses count: `2026-01-01`. Default: the start of the window. */
  readonly start?: string;
  /** Days back in which withdrawn approvals and deleted time and expenses are noticed. Default: 45. */
  readonly windowDays?: number;
  /** How far a poll of changed time looks back. Default: 10 minutes. */
  readonly overlapMilliseconds?: number;
  /** Objects of one list page, 2000 at most. Default: 2000. */
  readonly listPage?: number;
  readonly now?: () => number;
}

/** Options that `sync-rules/systems.yaml` may set, under their names there. */
const declarable = v.strictObject({
  bill_by: v.optional(v.picklist(billingMethods)),
  budget_by: v.optional(v.picklist(budgetMethods)),
  window_days: v.optional(
    v.pipe(v.string(), v.regex(/^[1-9]\d{0,2}$/, 'must be a number of days, 1 to 999')),
  ),
});

export const optionNames: readonly string[] = Object.keys(declarable.entries);

/**
 * The options of a declaration in the rules.
 * @throws RangeError naming the option that is unknown or wrong
 */
export function declaredOptions(declared: Readonly<Record<string, string>>): Partial<HarvestOptions> {
  const result = v.safeParse(declarable, declared);
  if (!result.success) {
    const [issue] = result.issues;
    throw new RangeError(`Harvest's option ${v.getDotPath(issue) ?? ''}: ${issue.message}`);
  }
  const { bill_by, budget_by, window_days } = result.output;
  return {
    ...(bill_by === undefined ? {} : { billBy: bill_by }),
    ...(budget_by === undefined ? {} : { budgetBy: budget_by }),
    ...(window_days === undefined ? {} : { windowDays: Number(window_days) }),
  };
}

export interface HarvestSettings extends Required<Omit<HarvestOptions, 'start'>> {
  readonly start: string | undefined;
}

/** Options with the defaults filled in; refuses what cannot work. */
export function settingsOf(options: HarvestOptions): HarvestSettings {
  const settings: HarvestSettings = {
    system: 'harvest',
    baseUrl: 'https://api.harvestapp.com',
    userAgent: 'services-bridge',
    timeoutMilliseconds: 30_000,
    limit: { requests: 100, milliseconds: 15_000 },
    billBy: 'none',
    budgetBy: 'none',
    start: undefined,
    windowDays: 45,
    overlapMilliseconds: 10 * 60_000,
    listPage: 2000,
    now: Date.now,
    pin: async (accountId) => accountId,
    ...options,
  };
  if (settings.listPage < 1 || settings.listPage > 2000)
    throw new RangeError(`listPage must be between 1 and 2000, not ${settings.listPage}`);
  if (settings.windowDays < 1)
    throw new RangeError(`windowDays must be at least 1, not ${settings.windowDays}`);
  return settings;
}
