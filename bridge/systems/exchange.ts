import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** The whole body; empty where it was not wanted. */
  readonly text: string;
}

export interface ExchangeOptions {
  /** When it is aborted the request is given up; rejects with its reason. */
  readonly signal: AbortSignal;
  /** False where only the status counts. */
  readonly wantsBody: boolean;
}

/** The request was given up while it waited for a connection. */
export class NeverSentError extends Error {
  constructor(cause: unknown) {
    super('given up before it was sent', { cause });
    this.name = 'NeverSentError';
  }
}

/** Of a body that nobody wants no more is taken; a connection that brings more, or takes longer, is not worth keeping. */
const mostUnwantedBytes = 128 * 1024;
const unwantedMs = 1000;

/**
 * One request and its whole answer. Undici's `request` gives the answer as a stream, and that stream takes more of the
 * processor than all else of a small exchange. Rejects with undici's errors, or `NeverSentError`.
 */
export function exchange(
  dispatcher: Dispatcher,
  request: Dispatcher.DispatchOptions,
  options: ExchangeOptions,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    dispatcher.dispatch(request, new Exchange(options, resolve, reject));
  });
}

class Exchange implements Dispatcher.DispatchHandler {
  readonly #options: ExchangeOptions;
  readonly #resolve: (answer: Answer) => void;
  readonly #reject: (error: unknown) => void;
  #controller: Dispatcher.DispatchController | undefined;
  #status = 0;
  #headers: IncomingHttpHeaders = {};
  readonly #chunks: Buffer[] = [];
  #unwantedBytes = 0;
  #unwantedTimer: NodeJS.Timeout | undefined;

  constructor(options: ExchangeOptions, resolve: (answer: Answer) => void, reject: (error: unknown) => void) {
    this.#options = options;
    this.#resolve = resolve;
    this.#reject = reject;
    options.signal.addEventListener('abort', this, { once: true });
  }

  /** The signal is aborted. */
  handleEvent(): void {
    const { reason } = this.#options.signal;
    const controller = this.#controller;
    controller?.abort(reason);
    this.#reject(controller === undefined ? new NeverSentError(reason) : reason);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    const { signal } = this.#options;
    // It may have waited for a connection for long.
    if (signal.aborted) controller.abort(signal.reason);
    else this.#controller = controller;
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    statusCode: number,
    headers: IncomingHttpHeaders,
  ): void {
    this.#status = statusCode;
    this.#headers = headers;
    // Whatever becomes of the body: the answer is there. A status below 200 only announces one.
    if (this.#options.wantsBody || statusCode < 200) return;
    this.#resolve(this.#answer());
    this.#unwantedTimer = setTimeout(() => controller.abort(unwanted()), unwantedMs);
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#options.wantsBody) this.#chunks.push(chunk);
    else {
      this.#unwantedBytes += chunk.length;
      if (this.#unwantedBytes > mostUnwantedBytes) controller.abort(unwanted());
    }
  }

  onResponseEnd(): void {
    this.#leave();
    this.#resolve(this.#answer());
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    this.#leave();
    this.#reject(error);
  }

  #answer(): Answer {
    return { status: this.#status, headers: this.#headers, text: textOf(this.#chunks) };
  }

  #leave(): void {
    clearTimeout(this.#unwantedTimer);
    this.#options.signal.removeEventListener('abort', this);
  }
}

const unwanted = () => new Error('more than anybody wants to know');

const byteOrderMark = '\uFEFF';

function textOf(chunks: readonly Buffer[]): string {
  const [first] = chunks;
  if (first === undefined) return '';
  const text = (chunks.length === 1 ? first : Buffer.concat(chunks)).toString('utf8');
  return text.startsWith(byteOrderMark) ? text.slice(1) : text;
}
