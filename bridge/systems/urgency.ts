import { AsyncLocalStorage } from 'node:async_hooks';

const urgent = new AsyncLocalStorage<boolean>();

/** Everything that `work` calls, however deep, may use the part of each rate limit that is kept for what is urgent. */
export const urgently = <Result>(work: () => Result): Result => urgent.run(true, work);

/** True inside of `urgently`. */
export const isUrgent = (): boolean => urgent.getStore() === true;
