import * as v from 'valibot';
import type { Limit } from '../limiter.ts';
import type { SystemExtension } from '../system.ts';

export interface HubspotOptions {
  /** Name of the system in the rules. Default: `hubspot`. */
  readonly system?: string;
  /** Default: `https://api.hubapi.com`. */
  readonly baseUrl?: string;
  /** Access token of a private app; asked for at every request, so it may be renewed. Never logged. */
  readonly token: () => string;
  /** Answers the account that the bridge belongs to, once this one has answered. Default: this one. */
  readonly pin?: (portalId: string) => Promise<string>;
  readonly timeoutMilliseconds?: number;
  /** Requests of the account. Default: 190 in 10 seconds. */
  readonly limit?: Limit;
  /** Search requests, which HubSpot limits apart. Default: 5 a second. */
  readonly searchLimit?: Limit;
  /** Pipeline and stages that an opportunity's status stands for. Default: those of a new HubSpot account. */
  readonly pipeline?: string;
  readonly stages?: Stages;
  /** IANA time zone in which a deal's close date is a day. Default: `UTC`. */
  readonly timeZone?: string;
  /** Results of one search page, 200 at most. Default: 100. */
  readonly searchPage?: number;
  /** How far a poll looks back, because search shows changes late. Default: 5 minutes. */
  readonly overlapMilliseconds?: number;
  /** How often a poll looks for deleted objects. Default: every 15 minutes. */
  readonly deletionsEveryMilliseconds?: number;
  /** Fields of the firm's own. Default: none. */
  readonly extensions?: readonly SystemExtension[];
  readonly now?: () => number;
}

export interface Stages {
  readonly open: string;
  readonly won: string;
  readonly lost: string;
}

/** Those of the sales pipeline that every new HubSpot account has. */
const usualStages: Stages = { open: 'appointmentscheduled', won: 'closedwon', lost: 'closedlost' };

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** Options that `sync-rules/systems.yaml` may set, under their names there. */
const declarable = v.strictObject({
  pipeline: v.optional(v.string()),
  stage_open: v.optional(v.string()),
  stage_won: v.optional(v.string()),
  stage_lost: v.optional(v.string()),
  time_zone: v.optional(v.pipe(v.string(), v.check(isTimeZone, 'must be a time zone such as Europe/Berlin'))),
});

export const optionNames: readonly string[] = Object.keys(declarable.entries);

/**
 * The options of a declaration in the rules.
 * @throws RangeError naming the option that is unknown or wrong
 */
export function declaredOptions(declared: Readonly<Record<string, string>>): Partial<HubspotOptions> {
  const result = v.safeParse(declarable, declared);
  if (!result.success) {
    const [issue] = result.issues;
    throw new RangeError(`HubSpot's option ${v.getDotPath(issue) ?? ''}: ${issue.message}`);
  }
  const { pipeline, stage_open, stage_won, stage_lost, time_zone } = result.output;
  return {
    ...(pipeline === undefined ? {} : { pipeline }),
    ...(time_zone === undefined ? {} : { timeZone: time_zone }),
    stages: {
      open: stage_open ?? usualStages.open,
      won: stage_won ?? usualStages.won,
      lost: stage_lost ?? usualStages.lost,
    },
  };
}

export interface HubspotSettings extends Required<HubspotOptions> {}

/** Options with the defaults filled in; refuses what cannot work. */
export function settingsOf(options: HubspotOptions): HubspotSettings {
  const settings: HubspotSettings = {
    system: 'hubspot',
    baseUrl: 'https://api.hubapi.com',
    pin: async (portalId) => portalId,
    timeoutMilliseconds: 30_000,
    limit: { requests: 190, milliseconds: 10_000 },
    searchLimit: { requests: 5, milliseconds: 1000 },
    pipeline: 'default',
    stages: usualStages,
    timeZone: 'UTC',
    searchPage: 100,
    overlapMilliseconds: 5 * 60_000,
    deletionsEveryMilliseconds: 15 * 60_000,
    extensions: [],
    now: Date.now,
    ...options,
  };
  if (settings.searchPage < 2 || settings.searchPage > 200)
    throw new RangeError(`searchPage must be between 2 and 200, not ${settings.searchPage}`);
  return settings;
}
