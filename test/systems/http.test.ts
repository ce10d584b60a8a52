import { getEventListeners, once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { inspect } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import type { SystemError } from '../../bridge/systems/error.ts';
import { createHttp, type Http, type HttpOptions, type HttpRequest } from '../../bridge/systems/http.ts';
import { retryAfter } from '../../bridge/systems/http-status.ts';
import { createLimiter } from '../../bridge/systems/limiter.ts';

type Handler = (request: IncomingMessage, response: ServerResponse, number: number) => void;

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** A client of a server that answers as `handler` says; `number` counts its requests from 1. */
async function connect(handler: Handler, options: Partial<HttpOptions> = {}): Promise<Http> {
  let requests = 0;
  const server: Server = createServer((request, response) => handler(request, response, ++requests));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const http = createHttp({
    system: 'partner',
    baseUrl: `http://127.0.0.1:${port}/api`,
    headers: () => ({ authorization: 'Bearer very-secret' }),
    timeoutMilliseconds: 200,
    ...options,
  });
  closing.push(async () => {
    await http.close();
    server.closeAllConnections();
    server.close();
  });
  return http;
}

const request = (more: Partial<HttpRequest> = {}): HttpRequest => ({
  method: 'GET',
  path: '/things',
  action: 'read things',
  signal: new AbortController().signal,
  ...more,
});

const answer = (status: number, body = '{}', headers: Record<string, string> = {}): Handler => {
  return (_, response) => response.writeHead(status, headers).end(body);
};

/** Its body goes on for as long as somebody listens, fast enough for every time limit. */
const trickle: Handler = (_, response) => {
  response.writeHead(200).write(' ');
  const timer = setInterval(() => response.write(' '), 50);
  response.on('close', () => clearInterval(timer));
};

async function writeMore(response: ServerResponse): Promise<void> {
  response.write(Buffer.alloc(64 * 1024));
  await setTimeout(1);
}

async function errorOf(promise: Promise<unknown>): Promise<SystemError> {
  const error = await promise.then(
    () => undefined,
    (caught) => caught as SystemError,
  );
  if (error === undefined) throw new Error('the request succeeded');
  return error;
}

describe('requests', () => {
  it('puts path and query under the base address and sends JSON', async () => {
    const seen: unknown[] = [];
    const http = await connect(async (message, response) => {
      let body = '';
      for await (const chunk of message) body += chunk;
      seen.push(
        message.method,
        message.url,
        message.headers['content-type'],
        body,
        message.headers.authorization,
      );
      response.end('{"id": 1}');
    });
    const body = { name: 'Müller' };
    const result = await http.request(
      request({ method: 'POST', query: { a: 'x y', b: undefined, c: 2 }, body }),
    );
    expect(result).toMatchObject({ status: 200, body: { id: 1 } });
    expect(seen).toEqual([
      'POST',
      '/api/things?a=x+y&c=2',
      'application/json',
      '{"name":"Müller"}',
      'Bearer very-secret',
    ]);
  });

  it('puts a body together that comes in pieces, and does not mind a byte order mark', async () => {
    const bytes = Buffer.from('\uFEFF{"name": "Müller"}');
    const cut = bytes.indexOf('ü') + 1;
    const http = await connect(async (_, response) => {
      response.write(bytes.subarray(0, cut));
      await setTimeout(20);
      response.end(bytes.subarray(cut));
    });
    expect((await http.request(request())).body).toEqual({ name: 'Müller' });
  });

  it('looks at no body where only the status counts', async () => {
    const http = await connect(answer(200, '<html>'), { answersMatter: false });
    expect(await http.request(request())).toMatchObject({ status: 200, body: undefined });
  });

  it.each(['breaks off', 'never ends'])(
    'takes the status where the body %s that nobody wants',
    async (how) => {
      const { promise: closed, resolve } = Promise.withResolvers<void>();
      const http = await connect(
        async (_, response) => {
          response.on('close', resolve);
          response.writeHead(202, { 'content-length': '1000000000' }).write('{');
          await setTimeout(20);
          if (how === 'breaks off') response.destroy();
          else while (!response.destroyed) await writeMore(response);
        },
        { answersMatter: false },
      );
      expect(await http.request(request())).toMatchObject({ status: 202 });
      await closed;
    },
  );

  it('takes the connection back from a body that nobody wants and that comes slowly for ever', async () => {
    const http = await connect(trickle, { answersMatter: false, connections: 1 });
    for (const status of [200, 200]) {
      const signal = AbortSignal.timeout(4000);
      expect(await http.request(request({ signal }))).toMatchObject({ status });
    }
    await http.close();
  });

  it('closes in the end, also where an answer is still coming', async () => {
    const http = await connect(trickle);
    const failed = errorOf(http.request(request()));
    await setTimeout(50);
    await http.close();
    expect(await failed).toMatchObject({ kind: 'unavailable' });
  });

  it('takes an empty body for no body, and does not take a web page for an answer', async () => {
    const empty = await connect(answer(204, ''));
    expect(await empty.request(request())).toMatchObject({ status: 204, body: undefined });
    const page = await connect(answer(200, '<html>'));
    expect(await errorOf(page.request(request()))).toMatchObject({ kind: 'unavailable' });
    expect(await errorOf(page.request(request({ method: 'POST' })))).toMatchObject({ kind: 'ambiguous' });
  });
});

describe('failures', () => {
  it.each([
    ['GET', 500, 'unavailable'],
    ['POST', 500, 'ambiguous'],
    ['POST', 502, 'ambiguous'],
    ['POST', 503, 'unavailable'],
    ['PUT', 500, 'unavailable'],
    ['PATCH', 500, 'ambiguous'],
    ['GET', 408, 'unavailable'],
    ['POST', 408, 'ambiguous'],
    ['POST', 410, 'missing'],
    ['POST', 423, 'conflict'],
    ['POST', 400, 'invalid'],
    ['POST', 413, 'invalid'],
    ['POST', 422, 'invalid'],
    ['GET', 302, 'unavailable'],
    ['POST', 301, 'unavailable'],
    ['POST', 304, 'unavailable'],
    ['POST', 402, 'denied'],
    ['POST', 405, 'unavailable'],
    ['POST', 477, 'unavailable'],
  ] as const)('sorts the answer to %s with status %i as %s', async (method, status, kind) => {
    const http = await connect(answer(status));
    expect(await errorOf(http.request(request({ method })))).toMatchObject({ kind, status });
  });

  it('names what was done, and explains it in the words of the system', async () => {
    const http = await connect(answer(400, '{"message": "no"}'), {
      explain: (body) => (body as { message: string }).message,
    });
    const error = await errorOf(http.request(request()));
    expect(error).toMatchObject({ kind: 'invalid', message: 'no', action: 'read things', system: 'partner' });
  });

  it.each([
    ['https://login.example.com/sso?ticket=secret', 'https://login.example.com'],
    ['//login.example.com:8443/', 'http://login.example.com:8443'],
    ['mailto:nobody@example.com', 'another address'],
    ['http://', 'another address'],
    [undefined, 'another address'],
  ])('names the host that a redirect to %s leads to, and follows it nowhere', async (location, where) => {
    let requests = 0;
    const http = await connect(
      (_, response, number) => {
        requests = number;
        response.writeHead(302, location === undefined ? {} : { location }).end('<html>');
      },
      { explain: () => 'the words of somebody else' },
    );
    expect(await errorOf(http.request(request()))).toMatchObject({
      kind: 'unavailable',
      message: `partner redirects to ${where}: correct the address`,
    });
    expect(requests).toBe(1);
  });

  it('names its own host where a redirect stays there', async () => {
    const http = await connect(answer(303, '', { location: '/maintenance' }));
    expect((await errorOf(http.request(request()))).message).toMatch(
      /^partner redirects to http:\/\/127\.0\.0\.1:\d+: correct the address$/,
    );
  });

  it.each([404, 410])('takes no web page for word that an object is gone (%i)', async (status) => {
    const page = { 'content-type': 'text/html; charset=utf-8' };
    const stranger = await connect(answer(status, '<html>', page));
    await expect(stranger.request(request())).rejects.toMatchObject({ kind: 'unavailable', status });
    for (const body of ['', '{"error":"Not Found"}']) {
      const system = await connect(answer(status, body));
      await expect(system.request(request())).rejects.toMatchObject({ kind: 'missing', status });
    }
  });

  it('sorts a status as the system means it', async () => {
    const http = await connect((_, response, number) => response.writeHead(number === 1 ? 423 : 404).end(), {
      sort: (status) => (status === 423 ? { kind: 'limited', retryAfterMilliseconds: 50 } : undefined),
      limiter: createLimiter({ requests: 100, milliseconds: 1000 }),
    });
    expect(await errorOf(http.request(request()))).toMatchObject({
      kind: 'limited',
      status: 423,
      retryAfterMilliseconds: 50,
    });
    const begin = performance.now();
    expect(await errorOf(http.request(request()))).toMatchObject({ kind: 'missing' });
    expect(performance.now() - begin).toBeGreaterThan(40);
  });

  it.each(['GET', 'POST'] as const)(
    'says of a %s that a header cannot be sent, once, and without showing it',
    async (method) => {
      let asked = 0;
      const http = await connect(answer(200), {
        headers: () => {
          asked++;
          return { authorization: 'Bearer very-secret\n' };
        },
      });
      const { signal } = new AbortController();
      const error = await errorOf(http.request(request({ method, signal })));
      expect(error).toMatchObject({
        kind: 'unavailable',
        mayBeDone: false,
        message: expect.stringMatching(/cannot be sent: its header authorization holds characters .* token/),
      });
      expect(inspect(error, { depth: 10 })).not.toContain('very-secret');
      expect(asked).toBe(1);
      expect(getEventListeners(signal, 'abort')).toEqual([]);
    },
  );

  it('tries a broken connection again at once where that is harmless', async () => {
    let requests = 0;
    const http = await connect((message, response, number) => {
      requests = number;
      if (number < 3) message.socket.destroy();
      else response.end('{}');
    });
    expect(await http.request(request())).toMatchObject({ status: 200 });
    expect(requests).toBe(3);
    requests = 0;
    const fragile = await connect((message, _, number) => {
      requests = number;
      message.socket.destroy();
    });
    expect(await errorOf(fragile.request(request({ method: 'POST' })))).toMatchObject({ kind: 'ambiguous' });
    expect(requests).toBe(1);
  });

  it('does not wait for a second time limit when the first has passed', async () => {
    let requests = 0;
    const http = await connect((_message, _response, number) => {
      requests = number;
    });
    expect(await errorOf(http.request(request()))).toMatchObject({ kind: 'unavailable' });
    expect(requests).toBe(1);
  });

  it('tells an interruption apart by whether something may have been done', async () => {
    const controller = new AbortController();
    const http = await connect(() => controller.abort());
    const { signal } = controller;
    const error = await errorOf(http.request(request({ method: 'POST', signal })));
    expect(error).toMatchObject({ kind: 'ambiguous' });
    expect(await errorOf(http.request(request({ method: 'POST', signal })))).toMatchObject({
      kind: 'unavailable',
    });
  });
});

describe('an interruption', () => {
  it('is not waited for while all connections are taken', async () => {
    const http = await connect(() => {}, { connections: 1, timeoutMilliseconds: 60_000 });
    const controller = new AbortController();
    const first = errorOf(http.request(request({ signal: controller.signal })));
    const second = errorOf(http.request(request({ method: 'POST', signal: controller.signal })));
    await setTimeout(50);
    controller.abort();
    expect(await first).toMatchObject({ kind: 'unavailable', message: 'read things was interrupted' });
    // It was never sent.
    const expected = { kind: 'unavailable', message: 'read things was interrupted', mayBeDone: false };
    expect(await second).toMatchObject(expected);
  });

  it('ends a body that is under way', async () => {
    const controller = new AbortController();
    const closed = Promise.withResolvers<void>();
    const http = await connect(
      async (_, response) => {
        response.writeHead(200).write('{');
        response.on('close', () => closed.resolve());
        await setTimeout(20);
        controller.abort();
      },
      { timeoutMilliseconds: 60_000 },
    );
    const { signal } = controller;
    expect(await errorOf(http.request(request({ signal })))).toMatchObject({
      message: 'read things was interrupted',
    });
    await closed.promise;
  });

  it('leaves no listener behind when the answer came', async () => {
    const http = await connect(answer(200));
    const { signal } = new AbortController();
    await http.request(request({ signal }));
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  it('of the connection in the middle of a body is a lost answer', async () => {
    const http = await connect(async (_, response) => {
      response.writeHead(200, { 'content-length': '100' }).write('{');
      await setTimeout(20);
      response.destroy();
    });
    expect(await errorOf(http.request(request({ method: 'POST' })))).toMatchObject({ kind: 'ambiguous' });
  });
});

describe('what may have been done all the same', () => {
  const put = request({ method: 'PUT' });

  it.each([
    [500, true],
    [502, true],
    [408, true],
    [503, false],
    [429, false],
    [400, false],
    [401, false],
    [302, false],
    [402, false],
  ] as const)('after a status of %i: %s, though it may be repeated', async (status, mayBeDone) => {
    const http = await connect(answer(status));
    expect(await errorOf(http.request(put))).toMatchObject({ mayBeDone });
  });

  it('is a request that was sent and never answered, and none that was never sent', async () => {
    const silent = await connect(() => {});
    expect(await errorOf(silent.request(put))).toMatchObject({ kind: 'unavailable', mayBeDone: true });
    const nobody = await connect(() => {}, { baseUrl: 'http://127.0.0.1:1' });
    expect(await errorOf(nobody.request(put))).toMatchObject({ kind: 'unavailable', mayBeDone: false });
    const stopped = request({ ...put, signal: AbortSignal.abort() });
    expect(await errorOf(silent.request(stopped))).toMatchObject({ kind: 'unavailable', mayBeDone: false });
  });

  it('is nothing that only asks', async () => {
    const http = await connect(answer(500));
    expect(await errorOf(http.request(request()))).toMatchObject({ mayBeDone: false });
    const question = request({ method: 'POST', repeatable: true, changes: false });
    expect(await errorOf(http.request(question))).toMatchObject({ kind: 'unavailable', mayBeDone: false });
  });

  it('is one whose first try was never answered, however the next one ended', async () => {
    const http = await connect((message, response, number) => {
      if (number === 1) message.socket.destroy();
      else response.writeHead(503).end();
    });
    const failure = await errorOf(http.request(put));
    expect(failure).toMatchObject({
      kind: 'unavailable',
      status: 503,
      action: 'read things',
      mayBeDone: true,
    });
  });
});

describe('limits', () => {
  it('lets the next call wait as long as the system asks for', async () => {
    const http = await connect(
      (_, response, number) => {
        if (number === 1) response.writeHead(429, { 'retry-after': '1' }).end();
        else response.end('{}');
      },
      { limiter: createLimiter({ requests: 100, milliseconds: 1000 }) },
    );
    expect(await errorOf(http.request(request()))).toMatchObject({
      kind: 'limited',
      retryAfterMilliseconds: 1000,
    });
    const begin = performance.now();
    await http.request(request());
    expect(performance.now() - begin).toBeGreaterThan(900);
  });

  it('counts a request against its own limiter instead of the common one', async () => {
    const limiter = createLimiter({ requests: 1, milliseconds: 60_000 });
    const own = createLimiter({ requests: 10, milliseconds: 60_000 });
    const http = await connect(answer(200), { limiter });
    await http.request(request());
    await http.request(request({ limiter: own }));
    await http.request(request({ limiter: own }));
  });

  it.each([
    ['3', 3000],
    ['0', 0],
    ['-1', 0],
    ['', undefined],
    ['soon', undefined],
    [undefined, undefined],
    ['Wed, 21 Oct 2026 07:28:00 GMT', 60_000],
    ['86401', 86_400_000],
    ['1e300', 86_400_000],
    ['Fri, 31 Dec 9999 23:59:59 GMT', 86_400_000],
  ])('reads the header Retry-After "%s" as %s milliseconds', (header, expected) => {
    expect(retryAfter(header, Date.parse('2026-10-21T07:27:00Z'))).toBe(expected);
  });
});
