/** One request that a sandbox was asked, without its credentials. */
export interface JournalEntry {
  readonly at: string;
  readonly method: string;
  /** Path without query. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  /** Parsed JSON body; `undefined` where there was none. */
  readonly request: unknown;
  /** `null` when no answer was sent. */
  readonly status: number | null;
  readonly response: unknown;
}

export interface Journal {
  add(entry: JournalEntry): void;
  entries(): readonly JournalEntry[];
  /** Number of requests by endpoint, ids replaced: `GET /v2/clients/:id` → 3. */
  calls(): Readonly<Record<string, number>>;
  /** Number of requests to one endpoint, named as in `calls`. */
  count(endpoint: string): number;
  clear(): void;
}

/** The newest entries are kept; the counters count all. */
const kept = 10_000;

export function createJournal(): Journal {
  let entries: JournalEntry[] = [];
  let counts = new Map<string, number>();
  return {
    add(entry) {
      entries.push(entry);
      if (entries.length > kept) entries = entries.slice(-kept / 2);
      const endpoint = `${entry.method} ${endpointOf(entry.path)}`;
      counts.set(endpoint, (counts.get(endpoint) ?? 0) + 1);
    },
    entries: () => entries,
    calls: () => Object.fromEntries(counts),
    count: (endpoint) => counts.get(endpoint) ?? 0,
    clear() {
      entries = [];
      counts = new Map();
    },
  };
}

const endpointOf = (path: string): string => path.replace(/\/\d+(?=\/|$)/g, '/:id');
