import type { IncomingMessage } from 'node:http';

/** The raw bytes of a request, or `too-large` as soon as there are more than `most`. */
export function readBody(incoming: IncomingMessage, most: number): Promise<Buffer | 'too-large'> {
  if (Number(incoming.headers['content-length'] ?? 0) > most) {
    incoming.resume();
    return Promise.resolve('too-large');
  }
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    incoming.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > most) {
        // The rest is read and dropped, so that the answer can still be received.
        chunks.length = 0;
        resolve('too-large');
      } else chunks.push(chunk);
    });
    incoming.on('end', () => resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)));
    incoming.on('error', reject);
    incoming.on('close', () => {
      if (!incoming.complete)
        reject(new Error('The sender closed the connection before its request was complete'));
    });
  });
}
