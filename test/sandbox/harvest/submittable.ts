import type { SandboxContext } from '../server.ts';
import { unprocessable } from './errors.ts';
import { byPerson } from './list.ts';
import type { HarvestState, Submittable } from './state.ts';

/** Time entries or expenses as the query of a list asks for them. */
export function submittable<Item extends Submittable>(
  c: SandboxContext,
  state: HarvestState,
  items: Iterable<Item>,
): Item[] {
  const query = c.req.query();
  const { from, to, client_id: client, project_id: project, is_billed: billed } = query;
  for (const [name, value] of Object.entries({ from, to }))
    if (value !== undefined && !/^\d{4}-\d{2}-\d{2}$/.test(value))
      throw unprocessable(`${name} is not a valid date`);
  return byPerson(c, items).filter(
    (item) =>
      (from === undefined || item.spentDate >= from) &&
      (to === undefined || item.spentDate <= to) &&
      (project === undefined || item.projectId === Number(project)) &&
      (client === undefined || state.projects.get(item.projectId)?.clientId === Number(client)) &&
      (billed === undefined || String(item.billed) === billed) &&
      (query.approval_status === undefined || item.approval === query.approval_status),
  );
}
