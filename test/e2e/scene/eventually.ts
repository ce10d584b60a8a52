const patienceMs = 45_000;
const lookEveryMs = 100;

/** What `look` returns as soon as it is neither `undefined` nor `false`; fails with `what` when that takes too long. */
export async function eventually<Seen>(
  what: string,
  look: () => Promise<Seen | undefined | false> | Seen | undefined | false,
): Promise<Seen> {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    const seen = await look();
    if (seen !== undefined && seen !== false) return seen;
    if (Date.now() > deadline) throw new Error(`Not seen within ${patienceMs / 1000} seconds: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
  }
}
