import { Decimal } from 'decimal.js';
import type { State } from '../entities/field.ts';
import { MappingError } from '../rules/mapping.ts';
import { activeRule, rulesFrom } from '../rules/routes.ts';
import type { Rule } from '../rules/rule.ts';
import type { StoredRecord } from '../store/record.ts';
import { type BalanceKey, type BalanceRow, type Books, createBooks } from './balance.ts';
import { type ControlContext, isWithin, monthOf } from './context.ts';
import type { Control, ControlLine } from './line.ts';
import { createPlaces, type Place, type Places, textOf } from './place.ts';
import { type Reason, reasonOf } from './reason.ts';
import { unbilledReason } from './unbilled.ts';

/** An approved entry that is not posted; its price may only be known once all posted ones were seen. */
interface Unposted {
  readonly record: StoredRecord;
  readonly place: Place;
  readonly task: string | undefined;
  readonly reason: Reason;
}

const owner = 'finance';

/**
 * Follows approved time from the PSA into the erp and onto invoices. Answers for each customer and month what was approved
 * and where it is; every entry that is not where it should be is a line.
 */
export function controlTime(context: ControlContext): BalanceRow[] {
  const { terrain } = context;
  const psa = terrain.systemIn('psa');
  const erp = terrain.systemIn('erp');
  if (psa === undefined || erp === undefined) return [];
  const rules = rulesFrom(terrain.rules, 'psa', 'timesheet').filter(({ to }) => to === 'erp');
  const control = createTimeControl(context, psa, erp, rules);
  control.approved();
  control.posted();
  control.unposted();
  return control.books.rows();
}

function createTimeControl(context: ControlContext, psa: string, erp: string, rules: readonly Rule[]) {
  const { overview, explain, period } = context;
  const places = createPlaces(overview, erp);
  const books = inPeriod(createBooks(), context);
  /** Prices that posted time of a task has in the erp. */
  const prices = new Map<string, Price>();
  const waiting: Unposted[] = [];

  /** Entries of the PSA, by where they are. */
  function approved(): void {
    for (const record of overview.records(psa, 'timesheet')) {
      if (record.gone || record.state.approval !== 'approved') continue;
      const lineId = overview.idIn(record, erp);
      const line =
        lineId === undefined ? undefined : overview.record({ system: erp, entity: 'timesheet', id: lineId });
      if (line !== undefined && !line.gone) compare(record, line);
      else notPosted(record);
    }
  }

  function compare(record: StoredRecord, line: StoredRecord): void {
    const project = textOf(record.state, 'project');
    const projectInErp = project === null ? undefined : places.projectInErp(psa, project);
    const moved = projectInErp !== undefined && projectInErp !== textOf(line.state, 'project');
    const there = places.of(erp, textOf(line.state, 'project'));
    const here = moved ? places.of(psa, project) : there;
    const price = priceOf(line.state, there) ?? priceOf(record.state, here);
    const hours = hoursOf(record.state);
    const hoursThere = hoursOf(line.state);
    const keyThere = keyOf(line.state, there, price);
    const booked = { hours: hoursThere, amount: worthOf(hoursThere, price) };
    if (!isBrought(rules, record.state)) {
      exempt(record, here);
      const text = 'It is not to be billed any more, and the erp still has it.';
      different(record, keyThere, minus(nothing, booked), text);
      return;
    }
    const key = keyOf(record.state, here, price);
    const approvedValue = worthOf(hours, price);
    books.add(key, 'approved', hours, approvedValue);
    const entry = { hours, amount: approvedValue };
    if (sameKey(key, keyThere)) {
      if (hours.equals(hoursThere)) return;
      const text = `${hours} h were approved, the erp has ${hoursThere} h.`;
      different(record, key, minus(entry, booked), text);
      return;
    }
    const namesake = key.customer === keyThere.customer && key.customerId !== keyThere.customerId;
    const where = ({ customer, customerId, month }: BalanceKey) =>
      `${customer ?? 'no customer'}${namesake ? ` (${customerId})` : ''}, ${month}`;
    const text = `It was approved for ${where(key)}, and the erp has it under ${where(keyThere)}.`;
    different(record, key, entry, text);
    different(record, keyThere, minus(nothing, booked), text);
  }

  function different(record: StoredRecord, key: BalanceKey, much: Quantity, text: string): void {
    books.add(key, 'different', much.hours, much.amount);
    const found = reasonOf({ record, target: erp, owner }, overview, explain);
    report('posted_differently', record, key, much, { ...found, reason: `${text} ${found.reason}` });
  }

  /** What is not billed has hours, and no value. */
  function exempt({ state }: StoredRecord, place: Place): void {
    const hours = hoursOf(state);
    const key = keyOf(state, place, undefined);
    books.add(key, 'approved', hours, new Decimal(0));
    books.add(key, 'exempt', hours, new Decimal(0));
  }

  function notPosted(record: StoredRecord): void {
    const project = textOf(record.state, 'project');
    const place = places.of(psa, project);
    if (!isBrought(rules, record.state)) {
      exempt(record, place);
      return;
    }
    const task = textOf(record.state, 'task');
    const taskInErp =
      task === null ? undefined : overview.idIn({ system: psa, entity: 'task', id: task }, erp);
    const reason = reasonOf({ record, target: erp, owner }, overview, explain);
    waiting.push({ record, place, task: taskInErp, reason });
  }

  /** Lines of the erp, counted for themselves. */
  function posted(): void {
    for (const line of overview.records(erp, 'timesheet')) {
      if (line.gone) continue;
      const place = places.of(erp, textOf(line.state, 'project'));
      const price = priceOf(line.state, place);
      const task = textOf(line.state, 'task');
      if (price !== undefined && task !== null) prices.set(task, price);
      const hours = hoursOf(line.state);
      const entryId = overview.idIn(line, psa);
      if (entryId !== undefined) postedFrom(entryId, line, place, price, hours);
      const unbilled = unbilledReason(line, place, overview);
      if (unbilled === undefined) continue;
      const key = keyOf(line.state, place, price);
      report('posted_not_invoiced', line, key, { hours, amount: worthOf(hours, price) }, unbilled);
    }
  }

  function postedFrom(
    entryId: string,
    line: StoredRecord,
    place: Place,
    ownPrice: Price | undefined,
    hours: Decimal,
  ): void {
    const entry = overview.record({ system: psa, entity: 'timesheet', id: entryId });
    const price = ownPrice ?? (entry === undefined ? undefined : priceOf(entry.state, place));
    const key = keyOf(line.state, place, price);
    const amount = worthOf(hours, price);
    books.add(key, 'posted', hours, amount);
    if (entry !== undefined && !entry.gone && entry.state.approval === 'approved') return;
    const less = minus(nothing, { hours, amount });
    books.add(key, 'different', less.hours, less.amount);
    const record = entry ?? line;
    const found = reasonOf({ record, target: erp, owner }, overview, explain);
    const what =
      entry === undefined || entry.gone
        ? 'The entry was deleted in the PSA.'
        : 'The approval was withdrawn in the PSA.';
    report('posted_not_approved', record, key, less, { ...found, reason: `${what} ${found.reason}` });
  }

  /** What is approved and not posted, now that prices are known. */
  function unposted(): void {
    for (const { record, place, task, reason } of waiting) {
      const price = priceOf(record.state, place) ?? (task === undefined ? undefined : prices.get(task));
      const hours = hoursOf(record.state);
      const amount = worthOf(hours, price);
      const key = keyOf(record.state, place, price);
      books.add(key, 'approved', hours, amount);
      books.add(key, reason.needsPerson ? 'rejected' : 'pending', hours, amount);
      report('approved_not_posted', record, key, { hours, amount }, reason);
    }
  }

  function report(
    control: Control,
    record: StoredRecord,
    key: BalanceKey,
    { hours, amount }: Quantity,
    { owner, person, reason, next, since }: Reason,
  ): void {
    const { system, entity, id } = record;
    const { customer, legalEntity, month, currency } = key;
    if (!isWithin(period, textOf(record.state, 'day'))) return;
    context.onLine({
      control,
      object: { system, entity, id },
      label: labelOf(record, places),
      customer,
      legalEntity,
      month,
      currency,
      hours: hours.toFixed(),
      amount: amount?.toFixed(2) ?? null,
      since,
      owner,
      person,
      reason,
      next,
    } satisfies ControlLine);
  }

  return { approved, posted, unposted, books };
}

/** Hours and their value, where a price is known. */
interface Quantity {
  readonly hours: Decimal;
  readonly amount: Decimal | null;
}

const nothing: Quantity = { hours: new Decimal(0), amount: new Decimal(0) };

const minus = (left: Quantity, right: Quantity): Quantity => ({
  hours: left.hours.minus(right.hours),
  amount: left.amount === null || right.amount === null ? null : left.amount.minus(right.amount),
});

interface Price {
  readonly rate: Decimal;
  readonly currency: string | null;
}

function priceOf(state: State, place: Place): Price | undefined {
  const rate = textOf(state, 'rate');
  return rate === null
    ? undefined
    : { rate: new Decimal(rate), currency: textOf(state, 'currency') ?? place.currency };
}

const hoursOf = (state: State): Decimal => new Decimal(textOf(state, 'hours') ?? 0);

const worthOf = (hours: Decimal, price: Price | undefined): Decimal | null =>
  price === undefined ? null : hours.times(price.rate).toDecimalPlaces(2, Decimal.ROUND_HALF_UP);

const keyOf = (state: State, place: Place, price: Price | undefined): BalanceKey => ({
  customer: place.customer,
  customerId: place.customerId,
  legalEntity: place.legalEntity,
  month: monthOf(textOf(state, 'day')),
  currency: price?.currency ?? place.currency,
});

const sameKey = (left: BalanceKey, right: BalanceKey): boolean =>
  left.customerId === right.customerId &&
  left.month === right.month &&
  left.currency === right.currency &&
  left.legalEntity === right.legalEntity;

/** An expression that cannot be computed is for a person, so the entry should be there. */
function isBrought(rules: readonly Rule[], state: State): boolean {
  try {
    return rules.some((rule) => activeRule(rule, state) !== undefined);
  } catch (error) {
    if (error instanceof MappingError) return true;
    throw error;
  }
}

function labelOf({ system, state }: StoredRecord, places: Places): string {
  const project = places.of(system, textOf(state, 'project')).project;
  const parts = [places.worker(system, textOf(state, 'worker')), project, textOf(state, 'notes')];
  const words = parts.filter((part) => part !== null).join(', ');
  return `${textOf(state, 'day') ?? 'no day'} ${words}`.trimEnd();
}

/** Only months of the period are added up. */
function inPeriod(books: Books, { period }: ControlContext): Books {
  const from = period.from?.slice(0, 7);
  const to = period.to?.slice(0, 7);
  return {
    ...books,
    add(key, ...what) {
      if ((from !== undefined && (key.month ?? '') < from) || (to !== undefined && (key.month ?? '~') > to))
        return;
      books.add(key, ...what);
    },
  };
}
