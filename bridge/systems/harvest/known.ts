import type { State } from '../../entities/field.ts';
import { canonicalJson, fingerprint } from '../../entities/state.ts';

/** What is known of objects, by their ids: of each the day (empty for objects without) and a mark of its last state. */
export interface KnownObjects {
  /** Takes in how an object is listed now; false when it is known just so. */
  list(id: number, day: string, state: State): boolean;
  /** Ids of the objects that were not listed since this was made. */
  unlisted(): number[];
  forget(id: number): void;
  /** Forgets all objects with such a day. */
  forgetWhere(condition: (day: string, listed: boolean) => boolean): void;
  /** Text by day, to be made into the same again. */
  encode(): EncodedObjects;
}

/** By day: ids as differences in base 36, each followed by its mark. 8,000 time entries take about 80 kB. */
export type EncodedObjects = Readonly<Record<string, string>>;

/** 36 bits: a change is overlooked once in 69 billion. The whole fingerprint would make the cursor three times as long. */
const markLength = 6;
const firstCapacity = 1024;

/**
 * What is known, in a hash table of plain numbers: a month end has a hundred thousand time entries, which as objects of
 * their own would take twenty megabytes for as long as they are polled.
 */
export function createKnown(encoded: EncodedObjects = {}): KnownObjects {
  const days: string[] = [];
  const numbers = new Map<string, number>();
  let table = emptyTable(firstCapacity);

  function numberOf(day: string): number {
    let number = numbers.get(day);
    if (number === undefined) {
      number = days.push(day) - 1;
      numbers.set(day, number);
    }
    return number;
  }

  const dayAt = (slot: number): string => days[table.days[slot] as number] as string;

  function put(id: number, day: number, mark: number, flag: number): void {
    if (table.used * 2 >= table.ids.length) table = grown(table);
    const slot = slotOf(table, id);
    if (table.flags[slot] === free) table.used++;
    table.ids[slot] = id;
    table.days[slot] = day;
    table.marks[slot] = mark;
    table.flags[slot] = flag;
  }

  for (const [day, text] of Object.entries(encoded)) {
    const number = numberOf(day);
    let id = 0;
    for (const part of text.split(' ')) {
      id += Number.parseInt(part.slice(0, -markLength), 36);
      put(id, number, markNumber(part.slice(-markLength)), unlisted);
    }
  }

  return {
    list(id, day, state) {
      const mark = markNumber(fingerprint(canonicalJson(state)));
      const slot = slotOf(table, id);
      const flag = table.flags[slot] as number;
      const same = flag >= unlisted && table.marks[slot] === mark;
      put(id, numberOf(day), mark, listed);
      return !same;
    },
    unlisted: () => slotsOf(table, unlisted).map((slot) => table.ids[slot] as number),
    forget(id) {
      const slot = slotOf(table, id);
      if (table.flags[slot] !== free) table.flags[slot] = forgotten;
    },
    forgetWhere(condition) {
      for (const flag of [unlisted, listed])
        for (const slot of slotsOf(table, flag))
          if (condition(dayAt(slot), flag === listed)) table.flags[slot] = forgotten;
    },
    encode() {
      const slots = [...slotsOf(table, unlisted), ...slotsOf(table, listed)];
      slots.sort((left, right) => (table.ids[left] as number) - (table.ids[right] as number));
      const last = new Map<string, number>();
      const texts: Record<string, string> = {};
      for (const slot of slots) {
        const day = dayAt(slot);
        const id = table.ids[slot] as number;
        const part = (id - (last.get(day) ?? 0)).toString(36) + markText(table.marks[slot] as number);
        texts[day] = texts[day] === undefined ? part : `${texts[day]} ${part}`;
        last.set(day, id);
      }
      return texts;
    },
  };
}

const free = 0;
/** Was there once; its slot leads on to others. */
const forgotten = 1;
const unlisted = 2;
const listed = 3;

/** Open addressing: an object stands in the first free slot from the one that its id leads to. */
interface Table {
  readonly ids: Float64Array;
  readonly marks: Float64Array;
  readonly days: Uint16Array;
  readonly flags: Uint8Array;
  /** Slots that are not free. */
  used: number;
}

const emptyTable = (capacity: number): Table => ({
  ids: new Float64Array(capacity),
  marks: new Float64Array(capacity),
  days: new Uint16Array(capacity),
  flags: new Uint8Array(capacity),
  used: 0,
});

function slotOf({ ids, flags }: Table, id: number): number {
  const last = ids.length - 1;
  // Multiplied, because ids come in rows, and a row would fill neighbouring slots.
  let slot = Math.imul(id, 2_654_435_761) >>> 0;
  for (slot &= last; flags[slot] !== free && ids[slot] !== id; ) slot = (slot + 1) & last;
  return slot;
}

const slotsOf = ({ flags }: Table, flag: number): number[] => {
  const slots: number[] = [];
  for (let slot = 0; slot < flags.length; slot++) if (flags[slot] === flag) slots.push(slot);
  return slots;
};

function grown(from: Table): Table {
  const to = emptyTable(from.ids.length * 2);
  for (const flag of [unlisted, listed])
    for (const slot of slotsOf(from, flag)) {
      const free = slotOf(to, from.ids[slot] as number);
      to.ids[free] = from.ids[slot] as number;
      to.marks[free] = from.marks[slot] as number;
      to.days[free] = from.days[slot] as number;
      to.flags[free] = flag;
      to.used++;
    }
  return to;
}

const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const values = new Map([...digits].map((digit, value) => [digit, value]));

/** The number that the first letters of a fingerprint stand for. */
function markNumber(text: string): number {
  let number = 0;
  for (let index = 0; index < markLength; index++)
    number = number * 64 + (values.get(text[index] ?? '') ?? 0);
  return number;
}

function markText(mark: number): string {
  let text = '';
  for (let left = mark, index = 0; index < markLength; index++, left = Math.floor(left / 64))
    text = digits[left % 64] + text;
  return text;
}
