import type { EntityName } from '../../entities/catalogue.ts';
import { SystemError } from '../error.ts';
import { failed, failedBy } from '../failed.ts';
import type { RemoveChange, WriteChange, WriteResult } from '../system.ts';
import type { HarvestApi } from './api.ts';
import { assignmentFields, endAssignment, readAssignments, writeAssignment } from './assignment.ts';
import { clientFields, writeClient } from './client.ts';
import { createInvoiceWriter, invoiceFields } from './invoice.ts';
import { removeInvoice } from './invoice-removal.ts';
import type { HarvestSettings } from './options.ts';
import { projectFields, writeProject } from './project.ts';
import { taskFields, writeTask } from './task.ts';
import { userFields, writeUser } from './user.ts';

/** Harvest takes one object a call; this many are written one after another, within its limit of requests. */
export const writeLimit = 10;

export const writable: Readonly<Partial<Record<EntityName, readonly string[]>>> = {
  customer: clientFields,
  project: projectFields,
  task: taskFields,
  worker: userFields,
  assignment: assignmentFields,
  invoice: invoiceFields,
};

export const removable: readonly EntityName[] = ['assignment', 'invoice'];

export function createWriter(api: HarvestApi, settings: HarvestSettings) {
  const writeInvoice = createInvoiceWriter(api, settings.now);

  function writeOne(entity: EntityName, change: WriteChange, signal: AbortSignal): Promise<WriteResult> {
    if (entity === 'customer') return writeClient(api, change, signal);
    if (entity === 'project') return writeProject(api, settings, change, signal);
    if (entity === 'worker') return writeUser(api, change, signal);
    if (entity === 'assignment') return writeAssignment(api, change, signal);
    if (entity === 'invoice') return writeInvoice(change, signal);
    return writeTask(api, change, signal);
  }

  return async (
    entity: EntityName,
    changes: readonly WriteChange[],
    signal: AbortSignal,
  ): Promise<WriteResult[]> => {
    const fields = writable[entity];
    if (fields === undefined) throw new TypeError(`Harvest cannot write ${entity}`);
    return inTurn(changes, async (change) => {
      const unknown = Object.keys(change.fields).find((name) => !fields.includes(name));
      if (unknown !== undefined)
        return failed('invalid', `Harvest has no place for the field "${unknown}" of ${entity}.`);
      return writeOne(entity, change, signal);
    });
  };
}

/** Takes people off projects, and deletes invoices that the bridge made; nothing else is ever removed. */
export const createRemover =
  (api: HarvestApi, settings: HarvestSettings) =>
  async (
    entity: EntityName,
    changes: readonly RemoveChange[],
    signal: AbortSignal,
  ): Promise<WriteResult[]> => {
    if (!removable.includes(entity)) {
      const message = `The bridge does not delete ${entity} in Harvest: people close or archive it there.`;
      throw new SystemError('invalid', message, { system: settings.system });
    }
    if (entity === 'invoice') return inTurn(changes, (change) => removeInvoice(api, change, signal));
    const assignments = await readAssignments(api, signal);
    return inTurn(changes, ({ id }) => endAssignment(api, id, assignments, signal));
  };

/** One after the other, as far as Harvest goes along; a result for each. */
async function inTurn<Change>(
  changes: readonly Change[],
  work: (change: Change) => Promise<WriteResult>,
): Promise<WriteResult[]> {
  const results: WriteResult[] = [];
  let refusal: SystemError | undefined;
  for (const [index, change] of changes.entries()) {
    try {
      results.push(await work(change));
    } catch (error) {
      if (!(error instanceof SystemError)) throw error;
      if (concernsOneItem(error)) {
        if (error.kind === 'denied') refusal ??= error;
        results.push(failedBy(error));
        continue;
      }
      if (index === 0 && error.kind !== 'ambiguous') throw error;
      results.push(ended(error), ...changes.slice(index + 1).map(() => notTried(error)));
      break;
    }
  }
  return refusal === undefined ? results : judged(results, refusal);
}

/**
 * Beside what worked, a refusal for lack of rights is about its object. Where nothing worked, the rights to write may be
 * missing altogether: that is nothing the objects could be blamed for, they wait until somebody has given them.
 */
function judged(results: WriteResult[], refusal: SystemError): WriteResult[] {
  if (results.some(({ ok }) => ok)) return results;
  const denied = (result: WriteResult) => !result.ok && result.error === 'denied';
  if (results.every(denied)) throw refusal;
  return results.map((result) => (denied(result) ? ended(refusal) : result));
}

function concernsOneItem({ kind, status }: SystemError): boolean {
  return kind === 'invalid' || kind === 'missing' || kind === 'conflict' || status === 403;
}

/**
 * The object that met a failure of the whole call. Credentials that are not accepted any more are no fault of it: it
 * waits, and the next call then fails as a whole.
 */
const ended = (error: SystemError): WriteResult =>
  error.kind === 'denied' ? failed('unavailable', error.message) : failedBy(error);

/** After a failure that the next object would meet too, the rest waits; nothing of it has reached Harvest. */
const notTried = (error: SystemError): WriteResult =>
  error.kind === 'ambiguous' ? failed('unavailable', error.message) : ended(error);
