/**
 * Lets a command go on to its end when nobody takes what it prints. Whoever reads it may have seen enough (`bridge check |
 * head -3`): its exit code stays true. Where the disk is full it is said once, and the exit code is 1.
 */
export function outliveClosedPipes(streams: readonly NodeJS.WriteStream[]): void {
  let told = false;
  for (const stream of streams)
    stream.on('error', ({ code, message }: NodeJS.ErrnoException) => {
      if (code === 'EPIPE' || told) return;
      told = true;
      process.once('exit', () => {
        process.exitCode = 1;
      });
      if (stream !== process.stderr) console.error(`What this prints cannot be written: ${message}.`);
    });
}
