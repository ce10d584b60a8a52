import { madeAtMs } from '../entities/id.ts';
import type { ClaimedDelivery } from '../store/delivery.ts';
import type { Match } from './match.ts';

/** A search that found nothing. */
export interface Vain {
  /** Of the record that a counterpart was looked for. */
  readonly fingerprint: string;
  readonly match: Extract<Match, { kind: 'none' }>;
}

/**
 * Who is finding or making the counterpart of what, over all targets: while one delivery brings an object to a system,
 * none that comes from there may take the same object for the counterpart of another, or bring back what was just made.
 * Only in memory: what a crash interrupts is in doubt, and the store knows that.
 */
export interface Pairing {
  /** The delivery links its object to `counterpart`, or creates one (`undefined`). False while another is at it. */
  reserve(delivery: ClaimedDelivery, counterpart: string | undefined): boolean;
  /** True while something is created that this delivery may be bringing back: begun before its object was seen. */
  mayBeEchoed(delivery: ClaimedDelivery): boolean;
  /** It was settled. */
  release(deliveryId: string): void;
  /**
   * The delivery has to wait for something else. Answers for how many milliseconds it is best left alone: more the longer it
   * waits, so that it is never late by more than a part of that. `vain`: the last search, where that found nothing.
   */
  wait(deliveryId: string, vain: Vain | undefined): number;
  /** The last search for one that waits, where that found nothing. */
  soughtInVain(deliveryId: string): Vain | undefined;
  /** It waits no longer. */
  goOn(deliveryId: string): void;
}

interface Wait {
  readonly sinceMs: number;
  readonly lookedAtMs: number;
  readonly vain: Vain | undefined;
}

/** Often enough that nobody waits for it, seldom enough that it costs nothing. */
const leastWaitMs = 250;
const mostWaitMs = 30_000;
/** Of the time it has waited. */
const waitShare = 1 / 4;
/** What nobody has looked at for so long was settled in another way. */
const forgottenAfterMs = 10 * mostWaitMs;

interface Reservation {
  readonly delivery: ClaimedDelivery;
  readonly objects: readonly string[];
  /** Set while something is created. */
  readonly creatingSinceMs?: number;
}

export function createPairing(now: () => number): Pairing {
  const byDelivery = new Map<string, Reservation>();
  const byObject = new Map<string, Reservation>();
  /** By delivery; what was looked at last stands at the end. */
  const waits = new Map<string, Wait>();

  // One that could not be settled is given up with its lease.
  const holds = (reservation: Reservation): boolean => now() < reservation.delivery.leasedUntilMs;

  function release(deliveryId: string): void {
    const reservation = byDelivery.get(deliveryId);
    if (reservation === undefined) return;
    byDelivery.delete(deliveryId);
    for (const object of reservation.objects)
      if (byObject.get(object) === reservation) byObject.delete(object);
  }

  function forgetOldWaits(): void {
    for (const [deliveryId, { lookedAtMs }] of waits) {
      if (now() - lookedAtMs < forgottenAfterMs) return;
      waits.delete(deliveryId);
    }
  }

  return {
    reserve(delivery, counterpart) {
      const { id, source, sourceId, target, entity } = delivery;
      const objects = [`${target} ${source}:${entity}:${sourceId}`];
      if (counterpart !== undefined) objects.push(`${source} ${target}:${entity}:${counterpart}`);
      const isHeld = objects.some((object) => {
        const holder = byObject.get(object);
        return holder !== undefined && holder.delivery.id !== id && holds(holder);
      });
      if (isHeld) return false;
      release(id);
      const reservation: Reservation = {
        delivery,
        objects,
        ...(counterpart === undefined ? { creatingSinceMs: now() } : {}),
      };
      byDelivery.set(id, reservation);
      for (const object of objects) byObject.set(object, reservation);
      return true;
    },
    mayBeEchoed({ id, source, target, entity }) {
      const seenMs = madeAtMs(id);
      for (const reservation of byDelivery.values()) {
        const { delivery, creatingSinceMs } = reservation;
        if (
          creatingSinceMs !== undefined &&
          creatingSinceMs <= seenMs &&
          delivery.source === target &&
          delivery.target === source &&
          delivery.entity === entity &&
          holds(reservation)
        )
          return true;
      }
      return false;
    },
    release,
    wait(deliveryId, vain) {
      const lookedAtMs = now();
      const sinceMs = waits.get(deliveryId)?.sinceMs ?? lookedAtMs;
      waits.delete(deliveryId);
      waits.set(deliveryId, { sinceMs, lookedAtMs, vain });
      forgetOldWaits();
      return Math.max(leastWaitMs, Math.min(mostWaitMs, Math.round((lookedAtMs - sinceMs) * waitShare)));
    },
    soughtInVain: (deliveryId) => waits.get(deliveryId)?.vain,
    goOn(deliveryId) {
      waits.delete(deliveryId);
    },
  };
}
