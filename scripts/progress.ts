/**
 * Visible progress for work that may take long: nothing for the first two seconds, then one line that says what is
 * being done and for how long already. A terminal shows it in place; anything else gets plain lines, further apart.
 */

const quietMilliseconds = 2_000;
const terminalIntervalMilliseconds = 1_000;
const plainIntervalMilliseconds = 10_000;

export interface ProgressOutput {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/** `0.8 s`, `12.3 s`, `2 min 05 s`. */
export function formatElapsed(milliseconds: number): string {
  const seconds = milliseconds / 1_000;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, '0')} s`;
}

/**
 * Runs `work` and shows `label` with the elapsed time while it lasts. Work that ends within two seconds prints
 * nothing. The result or the error of `work` is passed on unchanged.
 *
 * @example await withProgress('Install the Python packages of Odoo', () => install(packages));
 */
export async function withProgress<Result>(
  label: string,
  work: () => Promise<Result>,
  output: ProgressOutput = process.stderr,
): Promise<Result> {
  const begin = performance.now();
  const inPlace = output.isTTY === true;
  const elapsed = () => formatElapsed(performance.now() - begin);
  let shown = false;

  const show = () => {
    shown = true;
    output.write(inPlace ? `\r\u001b[K${label} … ${elapsed()}` : `${label} … ${elapsed()}\n`);
  };
  let interval: NodeJS.Timeout | undefined;
  const first = setTimeout(() => {
    show();
    interval = setInterval(show, inPlace ? terminalIntervalMilliseconds : plainIntervalMilliseconds);
    interval.unref();
  }, quietMilliseconds);
  first.unref();

  const finish = (word: string) => {
    clearTimeout(first);
    clearInterval(interval);
    if (shown) output.write(`${inPlace ? '\r\u001b[K' : ''}${label}: ${word} after ${elapsed()}\n`);
  };
  try {
    const result = await work();
    finish('done');
    return result;
  } catch (error) {
    finish('failed');
    throw error;
  }
}
