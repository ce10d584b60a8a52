export interface Deadline {
  /** Aborted when the time is up, or with the signal it was derived from. */
  readonly signal: AbortSignal;
  /** What had to be done in time is done: lets go of the timer and of the other signal. */
  clear(): void;
}

/** Gives what comes now `milliseconds`, or less when `parent` is aborted first. */
export function startDeadline(parent: AbortSignal, milliseconds: number): Deadline {
  const controller = new AbortController();
  const follow = () => controller.abort(parent.reason);
  const timer = setTimeout(() => {
    controller.abort(new DOMException(`Not done within ${milliseconds / 1000} seconds`, 'TimeoutError'));
  }, milliseconds);
  if (parent.aborted) follow();
  else parent.addEventListener('abort', follow, { once: true });
  return {
    signal: controller.signal,
    clear() {
      clearTimeout(timer);
      parent.removeEventListener('abort', follow);
    },
  };
}
