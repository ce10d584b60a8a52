import type { Limit } from '../limiter.ts';

export interface HubspotOptions {
  /** Name of the system in the rules. Default: `hubspot`. */
  readonly system?: string;
  /** Default: `https://api.hubapi.com`. */
  readonly baseUrl?: string;
  /** Access token of a private app; asked for at every request, so it may be renewed. Never logged. */
  readonly token: () => string;
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
  readonly now?: () => number;
}

export interface Stages {
  readonly open: string;
  readonly won: string;
  readonly lost: string;
}

export interface HubspotSettings extends Required<HubspotOptions> {}

/** Options with the defaults filled in; refuses what cannot work. */
export function settingsOf(options: HubspotOptions): HubspotSettings {
  const settings: HubspotSettings = {
    system: 'hubspot',
    baseUrl: 'https://api.hubapi.com',
    timeoutMilliseconds: 30_000,
    limit: { requests: 190, milliseconds: 10_000 },
    searchLimit: { requests: 5, milliseconds: 1000 },
    pipeline: 'default',
    stages: { open: 'appointmentscheduled', won: 'closedwon', lost: 'closedlost' },
    timeZone: 'UTC',
    searchPage: 100,
    overlapMilliseconds: 5 * 60_000,
    deletionsEveryMilliseconds: 15 * 60_000,
    now: Date.now,
    ...options,
  };
  if (settings.searchPage < 2 || settings.searchPage > 200)
    throw new RangeError(`searchPage must be between 2 and 200, not ${settings.searchPage}`);
  return settings;
}
