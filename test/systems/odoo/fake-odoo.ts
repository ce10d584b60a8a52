import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

export interface Request {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

type Answer = (request: Request, response: ServerResponse) => void;

export interface FakeOdoo {
  readonly url: string;
  readonly requests: readonly Request[];
  /** Requests that have no answer yet, at most so far. */
  readonly mostAtOnce: number;
}

/** A server on loopback that answers what the test says, for outcomes that a real Odoo does not give on demand. */
export async function startFakeOdoo(answer: Answer): Promise<FakeOdoo> {
  const requests: Request[] = [];
  let atOnce = 0;
  let mostAtOnce = 0;
  const server = createServer((incoming, response) => {
    atOnce += 1;
    mostAtOnce = Math.max(mostAtOnce, atOnce);
    response.on('close', () => {
      atOnce -= 1;
    });
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const { url: path = '', headers } = incoming;
      const request = { path, headers, body: Buffer.concat(chunks).toString() };
      requests.push(request);
      answer(request, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(
    () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    get mostAtOnce() {
      return mostAtOnce;
    },
  };
}

export function json(response: ServerResponse, status: number, body: unknown, headers = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

const envelope = (content: string): string =>
  `<?xml version="1.0"?>\n<methodResponse>\n${content}\n</methodResponse>\n`;

/** An XML-RPC answer; `value` is XML such as `<int>2</int>`. */
export function xml(response: ServerResponse, value: string): void {
  const text = envelope(`<params><param><value>${value}</value></param></params>`);
  response.writeHead(200, { 'content-type': 'text/xml' }).end(text);
}

export function xmlFault(response: ServerResponse, code: number, message: string): void {
  const member = (name: string, value: string) =>
    `<member><name>${name}</name><value>${value}</value></member>`;
  const members =
    member('faultCode', `<int>${code}</int>`) + member('faultString', `<string>${message}</string>`);
  const text = envelope(`<fault><value><struct>${members}</struct></value></fault>`);
  response.writeHead(200, { 'content-type': 'text/xml' }).end(text);
}

export const isLogIn = (request: Request): boolean => request.path.endsWith('/common');
