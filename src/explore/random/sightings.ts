/** Numbers an entry takes: two halves of a fingerprint, the first schedule that showed it, and the only one or `several`. */
const stride = 4;
/** Stands in for the only schedule once there were two. */
const several = -1;

/**
 * Which schedules have shown what: for each fingerprint the first schedule that showed it, and whether another one did.
 * That is all that the estimates of what nobody has seen yet need (see src/risk), and it can be merged: parts that saw
 * different schedules come to the same table in any order.
 */
export class Sightings {
  size = 0;
  /** Set when growing would pass the budget; what is new is then not taken down. */
  full = false;
  #entries = new Int32Array(stride << 12);
  /** Whether a place is taken: any fingerprint may be a real one. */
  #taken = new Uint8Array(1 << 12);
  #mask = (1 << 12) - 1;
  readonly #maxBytes: number;

  /** @param maxBytes the budget for the table */
  constructor(maxBytes = Number.POSITIVE_INFINITY) {
    this.#maxBytes = maxBytes;
  }

  /** The schedule with this number shows what has this fingerprint. */
  add(low: number, high: number, schedule: number): void {
    this.#add(low, high, schedule, schedule);
  }

  /** Adds what another part has seen, in schedules that this one has not run. */
  merge(other: Sightings): void {
    const entries = other.#entries;
    for (let place = 0; place <= other.#mask; place++)
      if (other.#taken[place] === 1) {
        const k = place * stride;
        this.#add(entries[k]!, entries[k + 1]!, entries[k + 2]!, entries[k + 3]!);
      }
  }

  #add(low: number, high: number, first: number, only: number): void {
    const entries = this.#entries;
    let place = (low ^ Math.imul(high, 0x9e3779b1)) & this.#mask;
    for (; this.#taken[place] === 1; place = (place + 1) & this.#mask) {
      const k = place * stride;
      if (entries[k] !== low || entries[k + 1] !== high) continue;
      if (entries[k + 3] !== only) entries[k + 3] = several;
      if (entries[k + 2]! > first) entries[k + 2] = first;
      return;
    }
    if (this.size * 2 > this.#mask && !this.#grow()) return;
    if (entries !== this.#entries) return this.#add(low, high, first, only);
    const k = place * stride;
    this.#taken[place] = 1;
    entries[k] = low;
    entries[k + 1] = high;
    entries[k + 2] = first;
    entries[k + 3] = only;
    this.size++;
  }

  #grow(): boolean {
    const entries = this.#entries;
    const taken = this.#taken;
    if (2 * (entries.byteLength + taken.byteLength) > this.#maxBytes) {
      this.full = true;
      return false;
    }
    this.#entries = new Int32Array(entries.length * 2);
    this.#taken = new Uint8Array(taken.length * 2);
    this.#mask = taken.length * 2 - 1;
    this.size = 0;
    for (let place = 0; place < taken.length; place++)
      if (taken[place] === 1) {
        const k = place * stride;
        this.#add(entries[k]!, entries[k + 1]!, entries[k + 2]!, entries[k + 3]!);
      }
    return true;
  }

  /** How many of the fingerprints some schedule before `end` showed. */
  before(end: number): number {
    let count = 0;
    this.#each((first) => {
      if (first < end) count++;
    });
    return count;
  }

  /** How many schedules alone showed something: without them, one fingerprint at least would be missing. */
  get alone(): number {
    return this.#distinct((_, only) => only);
  }

  /** How many schedules, from number `from` on, showed something that none before had shown. */
  newcomers(from: number): number {
    return this.#distinct((first) => (first >= from ? first : several));
  }

  /** How many different schedules the entries name; a set would hold no more than 16 million. */
  #distinct(named: (first: number, only: number) => number): number {
    let most = 0;
    this.#each((first, only) => {
      most = Math.max(most, named(first, only));
    });
    const seen = new Uint8Array(most + 1);
    let count = 0;
    this.#each((first, only) => {
      const schedule = named(first, only);
      if (schedule === several || seen[schedule] === 1) return;
      seen[schedule] = 1;
      count++;
    });
    return count;
  }

  #each(visit: (first: number, only: number) => void): void {
    for (let place = 0; place <= this.#mask; place++)
      if (this.#taken[place] === 1) visit(this.#entries[place * stride + 2]!, this.#entries[place * stride + 3]!);
  }

  /** The table as a message to another thread; `received` makes it a table again. */
  get sent(): SentSightings {
    return { size: this.size, full: this.full, entries: this.#entries, taken: this.#taken };
  }

  static received({ size, full, entries, taken }: SentSightings): Sightings {
    const sightings = new Sightings();
    sightings.size = size;
    sightings.full = full;
    sightings.#entries = entries;
    sightings.#taken = taken;
    sightings.#mask = taken.length - 1;
    return sightings;
  }
}

/** A table of sightings as plain data. */
export interface SentSightings {
  readonly size: number;
  readonly full: boolean;
  readonly entries: Int32Array<ArrayBuffer>;
  readonly taken: Uint8Array<ArrayBuffer>;
}
