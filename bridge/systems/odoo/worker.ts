import { SystemError } from '../error.ts';
import type { OdooClient } from './client.ts';
import type { OdooEntity } from './entity.ts';
import { workerDates } from './facade.ts';
import { distinctIds } from './related.ts';
import { decimalOf, emailOf, idOf, likeText, nameOf, quantityText, referenceOf, textOf } from './value.ts';

const fields = ['name', 'work_email', 'company_id', 'active', 'parent_id'];
/** These belong to a person's contract; what everybody may see of it is in `hr.employee.public`, under the same id. */
const publicFields = ['job_title', 'resource_calendar_id'];

/**
 * `hr.employee`: only what every colleague may see, for which Odoo asks no rights in human resources; and the first and the
 * last day of work, which the addon tells.
 */
export const workerInOdoo: OdooEntity = {
  model: 'hr.employee',
  fields,
  archivable: true,
  scope: [],
  capability: { read: { batch: 200 }, find: ['email'] },
  async read(client, ids, { signal, own }) {
    const action = `read ${ids.length} workers`;
    const rows = await client.searchRead('hr.employee', [['id', 'in', ids]], [...fields, ...own.names], {
      signal,
      action,
    });
    const present = rows.map((row) => row.id);
    const [dates, seen] = await Promise.all([
      datesOf(client, present, signal),
      client.searchRead('hr.employee.public', [['id', 'in', present]], publicFields, { signal, action }),
    ]);
    const weeks = await weeklyHours(client, distinctIds(seen, 'resource_calendar_id'), signal);
    const seenById = new Map(seen.map((row) => [row.id, row]));
    return rows.map((row) => ({
      id: row.id,
      state: {
        name: textOf(row.name),
        email: emailOf(row.work_email),
        legal_entity: nameOf(row.company_id),
        resource_role: textOf(seenById.get(row.id)?.job_title),
        manager: referenceOf(row.parent_id),
        weekly_hours: weeks.get(idOf(seenById.get(row.id)?.resource_calendar_id) ?? 0) ?? null,
        ...(dates === undefined
          ? {}
          : {
              starts_on: dates.get(row.id)?.startsOn ?? null,
              ends_on: dates.get(row.id)?.endsOn ?? null,
            }),
        active: row.active === true,
        ...own.stateOf(row),
      },
    }));
  },
  finders: {
    email: {
      fields: ['work_email'],
      candidates: (email) => [['work_email', 'ilike', likeText(email)]],
      valueOf: (row) => emailOf(row.work_email),
    },
  },
};

/** Hours of a week in each working schedule. One call. */
async function weeklyHours(client: OdooClient, calendarIds: readonly number[], signal: AbortSignal) {
  if (calendarIds.length === 0) return new Map<number, string>();
  const rows = await client.searchRead('resource.calendar', [['id', 'in', calendarIds]], ['hours_per_week'], {
    signal,
    action: `read ${calendarIds.length} working schedules`,
  });
  return new Map(rows.map((row) => [row.id, quantityText(decimalOf(row.hours_per_week))]));
}

/** Absent where the addon does not tell them to this user, which `bridge check` says too: then they are not known. */
async function datesOf(client: OdooClient, ids: readonly number[], signal: AbortSignal) {
  try {
    return await workerDates(client, ids, signal);
  } catch (error) {
    if (error instanceof SystemError && (error.kind === 'denied' || error.kind === 'missing'))
      return undefined;
    throw error;
  }
}
