import type { OdooServer } from './odoo.ts';

/**
 * Odoo as a person's browser uses it: logged in with a password, acting with that user's ordinary rights. For
 * preparing tests and playing the demo; the bridge itself uses the connector in `bridge/systems/odoo`.
 */
export interface OdooSession {
  readonly login: string;
  /** The id of the user. */
  userId(): Promise<number>;
  /** Calls a public method. `args` starts with the ids for a method of records. */
  call(model: string, method: string, args?: unknown[], kwargs?: Record<string, unknown>): Promise<unknown>;
  /** Creates one record, resolves with its id. */
  create(model: string, values: Record<string, unknown>, context?: Record<string, unknown>): Promise<number>;
  write(model: string, ids: number[], values: Record<string, unknown>): Promise<void>;
  searchRead(model: string, domain: unknown[], fields: string[]): Promise<Record<string, unknown>[]>;
}

type ServerAddress = Pick<OdooServer, 'url' | 'databaseName'>;

/** Odoo refused a call. The message is the one that a person would read. */
class OdooError extends Error {
  override readonly name = 'OdooError';
  /** Odoo's class, such as `odoo.exceptions.AccessError`. */
  readonly kind: string;
  /** The Python traceback. */
  readonly traceback: string;

  constructor(kind: string, message: string, traceback: string) {
    super(message);
    this.kind = kind;
    this.traceback = traceback;
  }
}

interface JsonRpcAnswer {
  readonly result?: unknown;
  readonly error?: { message: string; data?: { name?: string; message?: string; debug?: string } };
}

const timeoutMilliseconds = 120_000;

async function post(
  url: string,
  params: unknown,
  cookie?: string,
): Promise<{ result: unknown; response: Response }> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(cookie === undefined ? {} : { cookie }) },
    body: JSON.stringify({ jsonrpc: '2.0', method: 'call', params }),
    signal: AbortSignal.timeout(timeoutMilliseconds),
  });
  if (!response.ok) throw new Error(`Odoo answered ${response.status} to ${url}`);
  const answer = (await response.json()) as JsonRpcAnswer;
  if (answer.error) {
    const { data, message } = answer.error;
    throw new OdooError(data?.name ?? 'unknown', data?.message || message, data?.debug ?? '');
  }
  return { result: answer.result, response };
}

/** Logs in. @throws OdooError `odoo.exceptions.AccessDenied` for a wrong password */
async function logIn(server: ServerAddress, login: string, password: string) {
  const { result, response } = await post(`${server.url}/web/session/authenticate`, {
    db: server.databaseName,
    login,
    password,
  });
  const userId = (result as { uid?: unknown }).uid;
  const cookie = response.headers
    .getSetCookie()
    .map((value) => value.split(';')[0] ?? '')
    .find((value) => value.startsWith('session_id='));
  if (typeof userId !== 'number' || cookie === undefined) {
    throw new Error(`Odoo opened no session for ${login} on ${server.databaseName}`);
  }
  return { userId, cookie };
}

/** A session of a user, who logs in with the first call. */
export function odooSession(server: ServerAddress, login: string, password: string): OdooSession {
  let loggedIn: Promise<{ userId: number; cookie: string }> | undefined;
  const session = () => {
    loggedIn ??= logIn(server, login, password);
    return loggedIn;
  };

  async function call(
    model: string,
    method: string,
    args: unknown[] = [],
    kwargs: Record<string, unknown> = {},
  ): Promise<unknown> {
    const { cookie } = await session();
    const url = `${server.url}/web/dataset/call_kw/${model}/${method}`;
    return (await post(url, { model, method, args, kwargs }, cookie)).result;
  }

  return {
    login,
    userId: async () => (await session()).userId,
    call,
    async create(model, values, context = {}) {
      const [id] = (await call(model, 'create', [[values]], { context })) as number[];
      if (id === undefined) throw new Error(`Odoo created no ${model}`);
      return id;
    },
    async write(model, ids, values) {
      await call(model, 'write', [ids, values]);
    },
    async searchRead(model, domain, fields) {
      return (await call(model, 'search_read', [domain, fields])) as Record<string, unknown>[];
    },
  };
}

export interface NewUser {
  readonly name: string;
  readonly login: string;
  readonly password: string;
  /** External ids, such as `sales_team.group_sale_salesman`. Being an internal user comes by itself. */
  readonly groups: readonly string[];
}

/** The database id behind an external id such as `base.group_user`. */
export async function resolveExternalId(session: OdooSession, externalId: string): Promise<number> {
  const [module, name] = externalId.split('.');
  const [row] = await session.searchRead(
    'ir.model.data',
    [
      ['module', '=', module],
      ['name', '=', name],
    ],
    ['res_id'],
  );
  if (row === undefined) throw new Error(`Odoo knows no ${externalId}`);
  return Number(row.res_id);
}

/** Creates an internal user. `admin` must be a session of an administrator. Resolves with the user's id. */
export async function createUser(admin: OdooSession, user: NewUser): Promise<number> {
  const groupIds: number[] = [];
  for (const group of ['base.group_user', ...user.groups])
    groupIds.push(await resolveExternalId(admin, group));
  return admin.create(
    'res.users',
    {
      name: user.name,
      login: user.login,
      email: user.login.includes('@') ? user.login : `${user.login}@example.com`,
      password: user.password,
      group_ids: [[6, 0, groupIds]],
    },
    { no_reset_password: true },
  );
}

/**
 * Makes an API key the way a user does under "My Preferences, Security": describe the key, confirm the password, read
 * the key, which is shown once.
 *
 * @param days how long it lasts: 1, 7, 30 or 90; ordinary internal users cannot have one for longer
 */
export async function createApiKey(
  server: ServerAddress,
  login: string,
  password: string,
  name: string,
  days: 1 | 7 | 30 | 90 = 90,
): Promise<string> {
  const session = odooSession(server, login, password);
  const description = await session.create('res.users.apikeys.description', { name, duration: String(days) });
  let action = await session.call('res.users.apikeys.description', 'make_key', [[description]]);
  const { res_model: model, res_id: id } = action as { res_model?: string; res_id?: number };
  if (model === 'res.users.identitycheck') {
    action = await session.call(model, 'run_check', [[id]], { context: { password } });
  }
  const key = (action as { context?: { default_key?: unknown } }).context?.default_key;
  if (typeof key !== 'string') throw new Error(`Odoo made no API key for ${login}`);
  return key;
}
