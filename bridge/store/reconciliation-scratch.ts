import Database from 'better-sqlite3';

/** An object that one system has alone, and what makes it equal to another. */
export interface Stranger {
  readonly id: string;
  /** What it says in the fields that the rules bring, as one text; equal objects have equal ones. */
  readonly likeness: string;
}

/** An object that was known, and was not among those that its system listed. */
export interface Unlisted {
  readonly id: string;
  /** Fingerprint and canonical JSON of what was known; the fingerprint is empty for one that was never read. */
  readonly fingerprint: string;
  readonly state: string;
}

/**
 * What a run has to remember for a while about many objects. It can be much, so it stands in a temporary file that goes with
 * it; a run that is taken up again makes it anew.
 */
export interface Scratch {
  noteListed(system: string, ids: readonly string[]): void;
  isListed(system: string, id: string): boolean;
  noteUnlisted(unlisted: readonly Unlisted[]): void;
  unlistedAfter(id: string, limit: number): Unlisted[];
  clearUnlisted(): void;
  noteStranger(stranger: Stranger): void;
  /** Strangers that are like this. */
  alike(likeness: string): string[];
  hasStrangers(): boolean;
  isStranger(id: string): boolean;
  dropStranger(id: string): void;
  strangersAfter(id: string, limit: number): Stranger[];
  clearStrangers(): void;
  close(): void;
}

export function openScratch(): Scratch {
  const file = new Database('');
  file.pragma('journal_mode = OFF');
  file.pragma('synchronous = OFF');
  file.exec(`
    create table listed (system text, id text, primary key (system, id)) without rowid;
    create table unlisted (id text primary key, fingerprint text, state text) without rowid;
    create table stranger (id text primary key, likeness text) without rowid;
    create index stranger_likeness on stranger (likeness);
  `);
  const list = file.prepare('insert or ignore into listed values (?, ?)');
  const listed = file.prepare('select 1 from listed where system = ? and id = ?');
  const miss = file.prepare('insert or replace into unlisted values (?, ?, ?)');
  const missed = file.prepare<[string, number], Unlisted>(
    'select id, fingerprint, state from unlisted where id > ? order by id limit ?',
  );
  const meet = file.prepare('insert or replace into stranger values (?, ?)');
  const alike = file.prepare<[string], { id: string }>('select id from stranger where likeness = ?');
  const met = file.prepare<[string, number], Stranger>(
    'select id, likeness from stranger where id > ? order by id limit ?',
  );
  const known = file.prepare('select 1 from stranger where id = ?');
  const drop = file.prepare('delete from stranger where id = ?');
  let strangers = 0;

  /** One transaction for many rows: without, each would be written out on its own. */
  function together(work: () => void): void {
    file.exec('begin');
    work();
    file.exec('commit');
  }

  return {
    noteListed: (system, ids) =>
      together(() => {
        for (const id of ids) list.run(system, id);
      }),
    isListed: (system, id) => listed.get(system, id) !== undefined,
    noteUnlisted: (unlisted) =>
      together(() => {
        for (const { id, fingerprint, state } of unlisted) miss.run(id, fingerprint, state);
      }),
    unlistedAfter: (id, limit) => missed.all(id, limit),
    clearUnlisted() {
      file.exec('delete from unlisted');
    },
    noteStranger({ id, likeness }) {
      strangers++;
      meet.run(id, likeness);
    },
    alike: (likeness) => (strangers === 0 ? [] : alike.all(likeness).map(({ id }) => id)),
    hasStrangers: () => strangers > 0,
    isStranger: (id) => strangers > 0 && known.get(id) !== undefined,
    dropStranger(id) {
      drop.run(id);
    },
    strangersAfter: (id, limit) => met.all(id, limit),
    clearStrangers() {
      strangers = 0;
      file.exec('delete from stranger');
    },
    close() {
      file.close();
    },
  };
}
