/**
 * What goes wrong:
 * - `status`: answers with `status` and does nothing;
 * - `hang`: does nothing and never answers;
 * - `drop`: does nothing and closes the connection;
 * - `delay`: waits `milliseconds`, then does and answers as usual;
 * - `commit-then-drop`: does the work, then closes the connection without an answer;
 * - `commit-then-status`: does the work, then answers with `status`;
 * - `commit-then-hang`: does the work, then never answers.
 */
export type FaultAction =
  | { readonly kind: 'status'; readonly status: number; readonly retryAfterSeconds?: number }
  | { readonly kind: 'hang' }
  | { readonly kind: 'drop' }
  | { readonly kind: 'delay'; readonly milliseconds: number }
  | { readonly kind: 'commit-then-drop' }
  | { readonly kind: 'commit-then-status'; readonly status: number }
  | { readonly kind: 'commit-then-hang' };

/** A fault for the next `times` requests that match. */
export interface Fault {
  readonly action: FaultAction;
  /** Any method when absent. */
  readonly method?: string;
  /** A text that the path must contain; any path when absent. */
  readonly path?: string;
  /** Default 1. */
  readonly times?: number;
}

export interface InjectedFault {
  /** Resolves when a request has met this fault for the first time. */
  readonly met: Promise<void>;
  /** How often it can still be met. */
  left(): number;
}

export interface FaultSwitch {
  add(fault: Fault): InjectedFault;
  clear(): void;
  /** Faults that are still waiting for a request. */
  pending(): readonly Fault[];
  /** Takes the first fault that matches, counting it down. */
  take(method: string, path: string): FaultAction | undefined;
}

export function createFaultSwitch(): FaultSwitch {
  let waiting: { fault: Fault; left: number; meet: () => void }[] = [];
  return {
    add(fault) {
      let meet = () => {};
      const met = new Promise<void>((resolve) => {
        meet = resolve;
      });
      const entry = { fault, left: fault.times ?? 1, meet };
      waiting.push(entry);
      return { met, left: () => entry.left };
    },
    clear() {
      waiting = [];
    },
    pending: () => waiting.map(({ fault, left }) => ({ ...fault, times: left })),
    take(method, path) {
      const entry = waiting.find(
        ({ fault }) =>
          (fault.method === undefined || fault.method === method) &&
          (fault.path === undefined || path.includes(fault.path)),
      );
      if (entry === undefined) return undefined;
      entry.left--;
      if (entry.left <= 0) waiting = waiting.filter((other) => other !== entry);
      entry.meet();
      return entry.fault.action;
    },
  };
}

const kinds = [
  'status',
  'hang',
  'drop',
  'delay',
  'commit-then-drop',
  'commit-then-status',
  'commit-then-hang',
];

/** A fault from a JSON body, or a sentence that says what is wrong with it. */
export function parseFault(body: unknown): Fault | string {
  if (typeof body !== 'object' || body === null) return 'send one fault as a JSON object';
  const { action } = body as { action?: Record<string, unknown> };
  if (typeof action !== 'object' || action === null || !kinds.includes(String(action.kind)))
    return `action.kind must be one of ${kinds.join(', ')}`;
  if (String(action.kind).endsWith('status') && typeof action.status !== 'number')
    return 'action.status must be a number';
  if (action.kind === 'delay' && typeof action.milliseconds !== 'number')
    return 'action.milliseconds must be a number';
  return body as Fault;
}
