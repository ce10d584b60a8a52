import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What happens to the next requests for which `about` holds: forwarded, but the answer is kept back. */
type Trouble = 'lose-answer' | 'hang';

export interface OdooProxy {
  readonly url: string;
  /** Bodies of the requests since the last `forget`. */
  readonly requests: readonly string[];
  forget(): void;
  /** One request whose body contains `text` reaches Odoo, which does it; its answer is lost on the way back. */
  loseAnswerTo(text: string): void;
  /** One request whose body or path contains `text` never gets an answer, nor does it reach Odoo. */
  hangOn(text: string): void;
  close(): Promise<void>;
}

/** Stands between the connector and Odoo, on loopback. */
export async function startProxy(target: { readonly port: number }): Promise<OdooProxy> {
  const requests: string[] = [];
  let trouble: { readonly kind: Trouble; readonly text: string } | undefined;

  function forward(incoming: IncomingMessage, body: Buffer, outgoing: ServerResponse, lose: boolean): void {
    const { method, url: path, headers } = incoming;
    const upstream = request({ host: '127.0.0.1', port: target.port, method, path, headers }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('end', () => {
        if (lose) {
          incoming.socket.destroy();
          return;
        }
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers).end(Buffer.concat(chunks));
      });
    });
    upstream.on('error', () => incoming.socket.destroy());
    upstream.end(body);
  }

  const server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const body = Buffer.concat(chunks);
      const text = `${incoming.url} ${body}`;
      requests.push(text);
      const hit = trouble !== undefined && text.includes(trouble.text) ? trouble.kind : undefined;
      if (hit !== undefined) trouble = undefined;
      if (hit !== 'hang') forward(incoming, body, outgoing, hit === 'lose-answer');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    forget: () => {
      requests.length = 0;
    },
    loseAnswerTo: (text) => {
      trouble = { kind: 'lose-answer', text };
    },
    hangOn: (text) => {
      trouble = { kind: 'hang', text };
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
