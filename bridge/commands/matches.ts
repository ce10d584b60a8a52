import * as v from 'valibot';
import { checkRules } from '../connectors.ts';
import { adminErrors } from '../console/admin.ts';
import { createTerrain } from '../engine/landscape.ts';
import { createBring } from '../engine/route.ts';
import { type AdminAccess, readAdminAccess, readDatabasePath, readRulesDirectory } from '../settings.ts';
import { openDatabaseForReading } from '../store/database.ts';
import type { Decision } from '../store/decide.ts';
import { StoreInUseError } from '../store/lock.ts';
import { type Proposal, readOpenProposals } from '../store/proposal.ts';
import { openStore } from '../store/store.ts';
import { age } from './age.ts';
import { readBy } from './user-name.ts';

/** Prints what a person has to decide about. */
export async function matches(options: { json: boolean }): Promise<number> {
  const proposals = await readOpen(readDatabasePath(process.env));
  console.log(options.json ? JSON.stringify(proposals, null, 2) : matchesText(proposals, Date.now()));
  return 0;
}

async function readOpen(path: string): Promise<Proposal[]> {
  const database = openDatabaseForReading(path);
  try {
    return await readOpenProposals(database);
  } finally {
    await database.kysely.destroy();
  }
}

/**
 * Decides about one proposal: in the running bridge, which alone may write to its store; in the store itself when none
 * runs.
 */
export async function decideMatch(
  id: string,
  options: { accept: boolean; reason?: string; by?: string },
): Promise<number> {
  const access = readAdminAccess(process.env);
  // Anything else would be another address of the running bridge.
  if (!/^[\w-]+$/.test(id)) {
    console.error(`There is no proposal "${id}".`);
    return 1;
  }
  const { accept, reason } = options;
  const by = readBy(options.by);
  const decision: Decision = { accept, by, ...(reason === undefined ? {} : { reason }) };
  // Opening it for writing would make one where there is none.
  await readOpen(access.databasePath);
  const { ok, message } = await decide(id, decision, access);
  if (ok) console.log(message);
  else console.error(message);
  return ok ? 0 : 1;
}

interface Outcome {
  readonly ok: boolean;
  readonly message: string;
}

async function decide(id: string, decision: Decision, access: AdminAccess): Promise<Outcome> {
  let store: Awaited<ReturnType<typeof openStore>>;
  try {
    store = await openStore(access.databasePath);
  } catch (error) {
    if (error instanceof StoreInUseError) return askBridge(id, decision, access);
    throw error;
  }
  try {
    // As in the running bridge, what each side owns is brought to the other; that happens when the bridge starts.
    const terrain = createTerrain(checkRules(readRulesDirectory(process.env)));
    const decided = await store.decide(id, decision, createBring(terrain));
    return decided.ok ? { ok: true, message: decidedText(decided.proposal) } : decided;
  } finally {
    await store.close();
  }
}

const patienceMs = 10_000;

const decidedAnswer = v.object({
  proposal: v.object({
    entity: v.string(),
    source: v.string(),
    sourceId: v.string(),
    target: v.string(),
    targetId: v.string(),
    state: v.string(),
  }),
});
const refusedAnswer = v.object({ error: v.picklist([...adminErrors, 'unavailable']), message: v.string() });

async function askBridge(
  id: string,
  { accept, by, reason }: Decision,
  access: AdminAccess,
): Promise<Outcome> {
  const { token, url } = access;
  if (token === undefined) {
    const message =
      'A bridge is running, and only it may write to its database. Set ADMIN_TOKEN for the bridge and for this command, or stop the bridge for a moment.';
    return { ok: false, message };
  }
  const address = `${url}/admin/matches/${encodeURIComponent(id)}/${accept ? 'accept' : 'reject'}`;
  let answer: Response;
  try {
    answer = await fetch(address, {
      method: 'POST',
      headers: { authorization: `Bearer ${token.reveal()}`, 'content-type': 'application/json' },
      body: JSON.stringify({ by, ...(reason === undefined ? {} : { reason }) }),
      signal: AbortSignal.timeout(patienceMs),
    });
  } catch (error) {
    const { cause, message } = error as Error;
    const why = cause instanceof Error ? cause.message : message;
    return {
      ok: false,
      message: `A bridge is running on this database, but it cannot be reached at ${url}: ${why}. Set ADMIN_URL to where it listens.`,
    };
  }
  const body: unknown = await answer.json().catch(() => undefined);
  const decided = v.safeParse(decidedAnswer, body);
  if (answer.ok && decided.success) return { ok: true, message: decidedText(decided.output.proposal) };
  const refused = v.safeParse(refusedAnswer, body);
  const unknown = `${url} answered ${answer.status}, which is nothing a bridge says. Set ADMIN_URL to where it listens.`;
  const off = 'The running bridge has no ADMIN_TOKEN. Set one for it and start it again.';
  if (answer.status === 404 && refused.success && refused.output.message === nothingThere)
    return { ok: false, message: off };
  return { ok: false, message: refused.success ? refused.output.message : unknown };
}

/** What the bridge says where it serves nothing. */
const nothingThere = 'There is nothing at this address.';

type Pair = Pick<Proposal, 'entity' | 'source' | 'sourceId' | 'target' | 'targetId'> & {
  readonly state: string;
};

function decidedText(proposal: Omit<Pair, 'entity'> & { readonly entity: string }): string {
  const { entity, source, sourceId, target, targetId, state } = proposal;
  const names = `${entity} ${sourceId} of ${source} and ${entity} ${targetId} of ${target}`;
  return state === 'accepted' ? `${names} are one now.` : `${names} stay two; this is never proposed again.`;
}

/** The proposals for people: what is on both sides, and the commands that decide. */
function matchesText(proposals: readonly Proposal[], now: number): string {
  if (proposals.length === 0) return 'Nothing is proposed.';
  return proposals.map((proposal) => proposalLines(proposal, now).join('\n')).join('\n\n');
}

function proposalLines(proposal: Proposal, now: number): string[] {
  const { id, entity, source, sourceId, target, targetId, score, evidence, takenBy, proposedAt } = proposal;
  const width = Math.max(...evidence.map(({ field }) => field.length), 0);
  const since = age(proposedAt, now);
  return [
    `${entity} ${sourceId} of ${source} may be ${entity} ${targetId} of ${target}: ${score.toFixed(2)}, since ${since}`,
    ...evidence.map(
      ({ field, left, right, similarity }) =>
        `  ${field.padEnd(width)}  ${similarity.toFixed(2)}  ${left}${left === right ? '' : ` | ${right}`}`,
    ),
    ...(takenBy === null
      ? [`  bridge matches accept ${id}`]
      : [
          `  ${targetId} is linked to ${takenBy} of ${source}: if ${takenBy} and ${sourceId} are the same, merge them there`,
        ]),
    `  bridge matches reject ${id}`,
  ];
}
