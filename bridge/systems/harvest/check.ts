import { SystemError } from '../error.ts';
import type { Finding } from '../system.ts';
import type { HarvestApi } from './api.ts';
import type { User } from './objects.ts';
import type { HarvestSettings } from './options.ts';

interface Company {
  readonly name: string;
  readonly approval_feature: boolean;
  readonly expense_feature: boolean;
  readonly invoice_feature: boolean;
}

/**
 * Nothing has to be made in Harvest. Whoever reads another account, or only some people's time, would take all else for deleted.
 *
 * @throws SystemError when Harvest does not answer
 */
export async function setup(
  api: HarvestApi,
  settings: HarvestSettings,
  signal: AbortSignal,
): Promise<Finding[]> {
  const user = await api.get<User>('/users/me', 'read the own user', signal);
  const pinned = await settings.pin(settings.accountId);
  return [
    administratorFinding(user),
    ...(pinned === settings.accountId ? [] : [otherAccount(pinned, settings)]),
  ];
}

const administratorFinding = ({ email, access_roles: roles }: User): Finding =>
  roles.includes('administrator')
    ? { level: 'ok', message: `The token belongs to ${email}, an administrator.` }
    : {
        level: 'error',
        message: `The token belongs to ${email}, who is no administrator: time of other people would be missing.`,
        remedy: 'Create the token with an administrator of the Harvest account.',
      };

const otherAccount = (pinned: string, { accountId }: HarvestSettings): Finding => ({
  level: 'error',
  message: `This bridge belongs to the Harvest account ${pinned}, not to ${accountId}: what it knows would count as deleted.`,
  remedy: `Set HARVEST_ACCOUNT_ID to ${pinned}. Another account needs a bridge with a database of its own.`,
});

/** Looks at everything the connector depends on; the first call that fails ends it, with a remedy. */
export async function check(
  api: HarvestApi,
  settings: HarvestSettings,
  signal: AbortSignal,
): Promise<Finding[]> {
  const findings: Finding[] = [];
  try {
    const company = await api.get<Company>('/company', 'read the account', signal);
    findings.push({ level: 'ok', message: `Harvest account "${company.name}" answers.` });
    if (!company.approval_feature)
      findings.push({
        level: 'warning',
        message: 'Timesheet approval is switched off in Harvest, so no time will ever be approved.',
        remedy: 'Switch it on in Harvest: Settings, Modules, Timesheet approval.',
      });
    if (!company.expense_feature)
      findings.push({
        level: 'ok',
        message: 'Expenses are switched off in Harvest, so there are none to read.',
      });
    if (!company.invoice_feature)
      findings.push({
        level: 'warning',
        message: 'Invoices are switched off in Harvest, so it takes none.',
        remedy:
          'Switch them on in Harvest: Settings, Modules, Invoices. Where none are to show there, remove sync-rules/invoice.yaml and sync-rules/invoice-in-the-psa.yaml.',
      });
    findings.push(...startFindings(settings), ...(await setup(api, settings, signal)));
  } catch (error) {
    findings.push(findingOf(error, settings));
  }
  return findings;
}

function startFindings({ start, now }: HarvestSettings): Finding[] {
  const today = new Date(now()).toISOString().slice(0, 10);
  if (start === undefined || start <= today) return [];
  return [
    {
      level: 'warning',
      message: `HARVEST_START is ${start}, which is still to come: no time and no expense counts before.`,
      remedy: 'Set HARVEST_START to the first day whose time and expenses count.',
    },
  ];
}

function findingOf(error: unknown, { baseUrl, accountId }: HarvestSettings): Finding {
  if (!(error instanceof SystemError))
    return { level: 'error', message: `Harvest could not be checked: ${error}` };
  const level = 'error';
  if (error.status === 401)
    return {
      level,
      message: 'Harvest refuses the access token.',
      remedy: 'Create a personal access token at id.getharvest.com/developers and use that one.',
    };
  if (error.kind === 'denied' || error.kind === 'missing')
    return {
      level,
      message: `The access token has no right to ${error.action} in account ${accountId}.`,
      remedy: 'Use the account id that id.getharvest.com/developers shows beside the token.',
    };
  if (error.kind === 'limited')
    return { level, message: 'Harvest takes no more requests just now.', remedy: 'Try again in a minute.' };
  return {
    level,
    message: `Harvest does not answer at ${baseUrl}: ${error.message}`,
    remedy:
      'Check the address and that this machine may reach it; Harvest reports outages on harveststatus.com.',
  };
}
