export type TransportName = 'json2' | 'xmlrpc';

export interface CallOptions {
  /** For people and the log: `read 20 customers`. */
  readonly action: string;
  /** True when calling twice does what calling once does. */
  readonly repeatable: boolean;
  readonly signal: AbortSignal;
  readonly context?: Readonly<Record<string, unknown>>;
  /** What this call changes, such as a model: it is made when those before it that change the same have ended. */
  readonly changes?: string;
}

export interface OdooVersion {
  /** 19 for Odoo 19.0 and for saas~19.1. */
  readonly major: number;
  /** As Odoo names itself: `19.0`, `saas~19.1`. */
  readonly text: string;
}

/** Carries calls to Odoo's models. All errors are `SystemError`. */
export interface OdooTransport {
  readonly name: TransportName;
  version(signal: AbortSignal): Promise<OdooVersion>;
  /**
   * Calls a public method of a model, in one transaction of Odoo's. `args` are named as the method names them; `ids`
   * are the records of a method of records.
   */
  call(model: string, method: string, args: Record<string, unknown>, options: CallOptions): Promise<unknown>;
  close(): Promise<void>;
}

export interface TransportOptions {
  /** Name of the system, for errors. */
  readonly system: string;
  /** Scheme, host and port: `https://firm.odoo.com`. */
  readonly url: string;
  readonly database: string;
  readonly login: string;
  /** Never logged. */
  readonly apiKey: string;
  /** How long one call may take. */
  readonly timeoutMilliseconds: number;
  /** Calls under way at once, at most; Odoo serves as many as it has workers. */
  readonly connections: number;
}

/** Errors are in English, in which some of them are recognised. */
export const baseContext = { lang: 'en_US' } as const;
