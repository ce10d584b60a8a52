import { formatElapsed, withProgress } from '../progress.ts';

/** What one step of the story came to. */
export interface StepResult {
  readonly title: string;
  readonly seen: boolean;
}

export interface Stage {
  /** A headline between steps. */
  act(title: string): void;
  /** Something that a person does. Prints who did what and how long it took. */
  does<Result>(who: string, what: string, action: () => Promise<Result>): Promise<Result>;
  /**
   * An effect that has to show in another system. `look` answers what is to be seen there, or `undefined` as long as
   * it is not; throws when it is wrong. Prints what was seen and how long it took to arrive.
   *
   * @param lookEveryMs default 400
   */
  sees(
    where: string,
    what: string,
    look: () => Promise<string | undefined>,
    lookEveryMs?: number,
  ): Promise<void>;
  /** What a command of the bridge prints. */
  shows(output: string): void;
  /** Effects that were to be seen, in order. */
  results(): readonly StepResult[];
}

const patienceMs = 60_000;
const usualLookEveryMs = 400;

/** Tells the story as it happens. An effect that does not come ends the story. */
export function createStage(print: (line: string) => void): Stage {
  const results: StepResult[] = [];

  async function until(look: () => Promise<string | undefined>, lookEveryMs: number): Promise<string> {
    const deadline = Date.now() + patienceMs;
    for (;;) {
      const seen = await look();
      if (seen !== undefined) return seen;
      if (Date.now() > deadline) throw new Error(`not seen within ${patienceMs / 1000} seconds`);
      await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
    }
  }

  return {
    act(title) {
      print(`\n${title}`);
    },
    async does(who, what, action) {
      const begin = performance.now();
      const result = await withProgress(`  ${who}: ${what}`, action);
      print(`  ${who.padEnd(8)} ${what}  (${formatElapsed(performance.now() - begin)})`);
      return result;
    },
    async sees(where, what, look, lookEveryMs = usualLookEveryMs) {
      const title = `${where}: ${what}`;
      const begin = performance.now();
      try {
        const seen = await withProgress(`  waiting for ${title}`, () => until(look, lookEveryMs));
        results.push({ title, seen: true });
        print(
          `    ✓ ${where.padEnd(8)} ${what}: ${seen}  (after ${formatElapsed(performance.now() - begin)})`,
        );
      } catch (error) {
        results.push({ title, seen: false });
        print(`    ✗ ${where.padEnd(8)} ${what}: ${(error as Error).message}`);
        throw new Error(`The demo stops: ${title}`, { cause: error });
      }
    },
    shows(output) {
      print(output.trimEnd().replace(/^/gm, '      │ '));
    },
    results: () => results,
  };
}
