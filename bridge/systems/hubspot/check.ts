import { SystemError } from '../error.ts';
import type { Finding } from '../system.ts';
import { otherAccount, readAccount } from './account.ts';
import type { HubspotApi, ListAnswer, ObjectType } from './api.ts';
import type { HubspotSettings } from './options.ts';
import { missingProperties, objectTypes, readProperties, wrongProperties } from './setup.ts';

interface Pipeline {
  readonly id: string;
  readonly label: string;
  readonly stages: readonly { readonly id: string; readonly metadata?: { readonly isClosed?: string } }[];
}

/** Looks at everything the connector depends on; the first call that fails ends it, with a remedy. */
export async function check(
  api: HubspotApi,
  settings: HubspotSettings,
  signal: AbortSignal,
): Promise<Finding[]> {
  const findings: Finding[] = [];
  try {
    const account = await readAccount(api, signal);
    findings.push({
      level: 'ok',
      message: `HubSpot account ${account.portalId} answers (currency ${account.companyCurrency}).`,
    });
    findings.push(...(await otherAccount(account, settings)));
    for (const type of objectTypes) findings.push(...(await checkProperties(api, settings, type, signal)));
    findings.push(...(await checkPipeline(api, settings, signal)));
  } catch (error) {
    findings.push(findingOf(error, settings));
  }
  return findings;
}

async function checkProperties(
  api: HubspotApi,
  { extensions }: HubspotSettings,
  type: ObjectType,
  signal: AbortSignal,
): Promise<Finding[]> {
  const present = await readProperties(api, type, signal);
  const missing = missingProperties(type, extensions, present);
  const wrong = wrongProperties(type, extensions, present);
  if (missing.length > 0)
    return [
      {
        level: 'error',
        message: `HubSpot's ${type} lack ${missing.length} properties that the bridge uses, e.g. ${missing[0]?.name}.`,
        remedy: 'The bridge creates them when it starts.',
        bySetup: true,
      },
      ...wrong,
    ];
  return wrong.length > 0 ? wrong : [{ level: 'ok', message: `HubSpot's ${type} have all properties.` }];
}

async function checkPipeline(
  api: HubspotApi,
  { pipeline: id, stages }: HubspotSettings,
  signal: AbortSignal,
): Promise<Finding[]> {
  const answer = await api.get<ListAnswer<Pipeline>>('/crm/v3/pipelines/deals', 'read the pipelines', signal);
  const pipeline = answer.results.find((known) => known.id === id);
  if (pipeline === undefined)
    return [
      {
        level: 'error',
        message: `HubSpot has no deal pipeline "${id}".`,
        remedy: `Set the option pipeline to one of: ${answer.results.map((known) => known.id).join(', ')}.`,
      },
    ];
  const findings = Object.entries(stages).flatMap(([status, stage]): Finding[] => {
    const known = pipeline.stages.find((candidate) => candidate.id === stage);
    const closed = known?.metadata?.isClosed === 'true';
    if (known !== undefined && closed === (status !== 'open')) return [];
    return [
      {
        level: 'error',
        message:
          known === undefined
            ? `The pipeline "${pipeline.label}" has no stage "${stage}" (for ${status}).`
            : `The stage "${stage}" (for ${status}) is ${closed ? '' : 'not '}a closed one.`,
        remedy: `Set the option for ${status} to a fitting stage of: ${pipeline.stages.map((known) => known.id).join(', ')}.`,
      },
    ];
  });
  if (findings.length > 0) return findings;
  return [{ level: 'ok', message: `The pipeline "${pipeline.label}" has the configured stages.` }];
}

function findingOf(error: unknown, { baseUrl }: HubspotSettings): Finding {
  if (!(error instanceof SystemError))
    return { level: 'error', message: `HubSpot could not be checked: ${error}` };
  const level = 'error';
  if (error.status === 401)
    return {
      level,
      message: 'HubSpot refuses the access token.',
      remedy:
        "Copy the access token of the private app from HubSpot's settings (Integrations, Private apps).",
    };
  if (error.status === 402)
    return {
      level,
      message: `HubSpot wants to be paid before it answers: ${error.message}`,
      remedy: "See to the account's subscription in HubSpot (Settings, Account & Billing).",
    };
  if (error.kind === 'denied')
    return {
      level,
      message: `The access token has no right to ${error.action}.`,
      remedy:
        'Give the private app the scopes crm.objects.companies, crm.objects.deals, crm.schemas.companies and crm.schemas.deals (read and write) and crm.objects.owners.read.',
    };
  if (error.kind === 'limited')
    return { level, message: 'HubSpot takes no more requests just now.', remedy: 'Try again in a minute.' };
  return {
    level,
    message: `HubSpot does not answer at ${baseUrl}: ${error.message}`,
    remedy:
      'Check the address and that this machine may reach it; HubSpot reports outages on status.hubspot.com.',
  };
}
