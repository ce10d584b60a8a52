import type { EntityName } from '../../entities/catalogue.ts';
import type { Finding } from '../system.ts';
import { entitiesInOdoo } from './entities.ts';
import type { Description } from './facade.ts';

interface NeededCall {
  /** What needs it, as rules and flows name it. */
  readonly use: string;
  readonly remedy: string;
}

const billingGroup =
  'Give the user the group "Services Bridge / Bridge Service: Orders and Draft Invoices", in Odoo under Settings, Users.';

/** What flows call. A firm without such flows can leave it as it is, so what is missing is a warning. */
const neededCalls: Readonly<Record<string, NeededCall>> = {
  make_quotation: { use: 'flows with the action make-quotation', remedy: billingGroup },
  make_draft_invoices: { use: 'flows with the action make-draft-invoice', remedy: billingGroup },
  submit_expenses: {
    use: 'flows with the action submit-expense',
    remedy: 'Install the app Expenses in Odoo, and give the user its right to write expenses.',
  },
  worker_dates: {
    use: 'first and last days of workers',
    remedy: "Give the user the group for the bridge's service user, in Odoo under Settings, Users.",
  },
};

/** What rules and flows may need of this Odoo, and do not get: calls, events, models that may be written. */
export function processFindings(addon: Description): Finding[] {
  const findings = [...callFindings(addon), ...eventFindings(addon), ...writingFindings(addon)];
  return findings.length > 0
    ? findings
    : [{ level: 'ok', message: 'all that rules and flows can need is allowed' }];
}

function callFindings({ calls, user, addon }: Description): Finding[] {
  if (calls === undefined)
    return [
      {
        level: 'warning',
        message: `the addon ${addon} makes no quotations and drafts for flows, and hands in no expenses`,
        remedy: 'Upgrade the addon in Odoo.',
      },
    ];
  return Object.entries(neededCalls)
    .filter(([name]) => calls[name] !== true)
    .map(([name, { use, remedy }]) => ({
      level: 'warning',
      message: `${user.login} may not call ${name}, which ${use} need`,
      remedy,
    }));
}

/** Entities of each model, for people: `quote and contract`. */
function entitiesByModel(names: readonly EntityName[]): ReadonlyMap<string, string> {
  const grouped = Map.groupBy(names, (name) => entitiesInOdoo[name]?.model ?? '');
  return new Map([...grouped].map(([model, entities]) => [model, entities.join(' and ')]));
}

const names = Object.keys(entitiesInOdoo) as EntityName[];

function eventFindings({ watched }: Description): Finding[] {
  const silent = [...entitiesByModel(names)].filter(([model]) => (watched[model]?.length ?? 0) === 0);
  if (silent.length === 0) return [];
  return [
    {
      level: 'warning',
      message: `Odoo tells nothing of changes of ${withEntities(silent)}; rules on these notice none`,
      remedy:
        'Add them in Odoo under Services Bridge, Watched Models; or leave it where no rule is about them.',
    },
  ];
}

function writingFindings({ writable }: Description): Finding[] {
  if (writable === undefined) return [];
  const written = names.filter((name) => entitiesInOdoo[name]?.capability.write !== undefined);
  const refused = [...entitiesByModel(written)].filter(([model]) => (writable[model]?.length ?? 0) === 0);
  if (refused.length === 0) return [];
  return [
    {
      level: 'warning',
      message: `the bridge may not write ${withEntities(refused)}; rules that bring these to Odoo fail`,
      remedy:
        "Activate them in Odoo under Services Bridge, Writable Models, and give the user Odoo's own right to write " +
        'them; or leave it where no rule brings any.',
    },
  ];
}

const withEntities = (models: readonly (readonly [string, string])[]): string =>
  models.map(([model, entities]) => `${model} (${entities})`).join(', ');
