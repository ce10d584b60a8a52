import type { EntityName } from '../entities/catalogue.ts';
import type { Settlement } from '../store/settlement.ts';
import type { ErrorKind } from '../systems/error.ts';

/** What happens in the engine, for logs, metrics and tests. Never carries values of business objects. */
export type EngineEvent =
  | {
      readonly kind: 'refreshed';
      system: string;
      events: number;
      readings: number;
      changed: number;
      durationMs: number;
    }
  | { readonly kind: 'unreadable'; system: string; entity: EntityName; id: string; message: string }
  | {
      readonly kind: 'attempted';
      target: string;
      entity: EntityName;
      deliveryId: string;
      sourceObject: string;
      correlation: string;
      outcome: Settlement['outcome'];
      durationMs: number;
      tries: number;
      message?: string;
    }
  | { readonly kind: 'paused'; system: string; error: ErrorKind; message: string; untilMs: number }
  | {
      readonly kind: 'polled';
      system: string;
      stream: string;
      pages: number;
      accepted: number;
      durationMs: number;
    }
  | { readonly kind: 'poll-failed'; system: string; stream: string; message: string }
  | { readonly kind: 'failed'; where: string; error: unknown };

export type Observe = (event: EngineEvent) => void;
