import type { IncomingMessage } from 'node:http';
import type { Room } from './room.ts';

/** What a piece of a body takes besides its bytes: a body may come byte by byte. */
const pieceBytes = 256;

/**
 * The raw bytes of a request, or `too-large` as soon as there are more than `most`.
 *
 * @param room where the bytes are kept meanwhile; `no-room` as soon as others needed the place
 */
export function readBody(incoming: IncomingMessage, most: number): Promise<Buffer | 'too-large'>;
export function readBody(
  incoming: IncomingMessage,
  most: number,
  room: Room,
): Promise<Buffer | 'too-large' | 'no-room'>;
export function readBody(
  incoming: IncomingMessage,
  most: number,
  room?: Room,
): Promise<Buffer | 'too-large' | 'no-room'> {
  if (Number(incoming.headers['content-length'] ?? 0) > most) {
    incoming.resume();
    return Promise.resolve('too-large');
  }
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    let dropping = false;
    const place = room?.enter(() => drop('no-room'));
    /** The rest is read and dropped, so that the answer can still be received. */
    function drop(why: 'too-large' | 'no-room'): void {
      dropping = true;
      chunks.length = 0;
      place?.leave();
      resolve(why);
    }
    incoming.on('data', (chunk: Buffer) => {
      if (dropping) return;
      size += chunk.length;
      if (size > most) return drop('too-large');
      chunks.push(chunk);
      place?.take(chunk.length + pieceBytes);
    });
    incoming.on('end', () => {
      place?.leave();
      resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks));
    });
    incoming.on('error', (error) => {
      place?.leave();
      reject(error);
    });
    incoming.on('close', () => {
      place?.leave();
      if (!incoming.complete)
        reject(new Error('The sender closed the connection before its request was complete'));
    });
  });
}
