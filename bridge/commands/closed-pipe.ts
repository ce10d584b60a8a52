/**
 * Lets a command go on to its end when whoever reads it has seen enough (`bridge check | head -3`): what it does is done whole,
 * and its exit code stays true.
 */
export function outliveClosedPipes(streams: readonly NodeJS.WriteStream[]): void {
  for (const stream of streams)
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
}
