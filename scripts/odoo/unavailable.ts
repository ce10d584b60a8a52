/** A real Odoo cannot be had on this machine. `reason` says what is missing, `remedy` what to do about it. */
export class OdooUnavailable extends Error {
  override readonly name = 'OdooUnavailable';
  readonly reason: string;
  readonly remedy: string;

  constructor(reason: string, remedy: string, options?: { cause?: unknown }) {
    super(
      `Odoo is not available: ${reason}\n${remedy}\nTo run without Odoo, and without what needs it, set SKIP_ODOO=1.`,
      options,
    );
    this.reason = reason;
    this.remedy = remedy;
  }
}
