/** A place in the room, for one request. */
export interface Place {
  /** Another piece of its body has come in. */
  take(bytes: number): void;
  /** Its body is complete, or nobody wants it any more. */
  leave(): void;
}

export interface Room {
  /** @param giveWay called at most once, when others need the place; it is left then */
  enter(giveWay: () => void): Place;
}

/**
 * The memory that bodies may take together while nobody knows yet who sent them. When it is full, whoever has been sending
 * for longest gives way: who means well is through in no time.
 */
export function createRoom(mostBytes: number): Room {
  /** In the order in which they came. */
  const guests = new Set<() => void>();
  let taken = 0;

  return {
    enter(giveWay) {
      let mine = 0;
      const leave = () => {
        if (!guests.delete(evict)) return;
        taken -= mine;
      };
      const evict = () => {
        leave();
        giveWay();
      };
      guests.add(evict);
      return {
        take(bytes) {
          if (!guests.has(evict)) return;
          mine += bytes;
          taken += bytes;
          for (const evictOldest of guests) {
            if (taken <= mostBytes) break;
            evictOldest();
          }
        },
        leave,
      };
    },
  };
}
