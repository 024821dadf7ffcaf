/** How many staged states are probed together. */
const batch = 256;

/**
 * The visited states: exact, packed, in an open-addressing table with linear probing over typed arrays.
 * States are numbered in the order of insertion, which for breadth-first search is the order of the queue too.
 */
export class Visited {
  /** Words a state. */
  readonly words: number;
  size = 0;
  /** Packed states, one after the other. */
  states: Int32Array;
  /** The state that each was first reached from; −1 for initial ones. */
  parents: Int32Array;
  #slots: Int32Array;
  #mask: number;
  readonly #maxBytes: number;
  /** Set when growing would pass the budget; `add` then refuses new states. */
  full = false;
  /** Staged states, their hashes, and the state that each was reached from. */
  readonly #staged: Int32Array;
  readonly #hashes = new Int32Array(batch);
  /** Growing may happen in the middle of `flush`, which still needs its own. */
  readonly #rehashes = new Int32Array(batch);
  readonly #candidates = new Int32Array(batch);
  readonly #origins = new Int32Array(batch);
  #stagedCount = 0;
  /** Keeps the early reads of `flush` from being optimised away. */
  #touched = 0;

  /** @param maxBytes the budget for all arrays together */
  constructor(words: number, maxBytes = Number.POSITIVE_INFINITY) {
    this.words = words;
    this.#staged = new Int32Array(batch * words);
    this.states = new Int32Array(words << 12);
    this.parents = new Int32Array(1 << 12);
    this.#slots = new Int32Array(1 << 13).fill(-1);
    this.#mask = this.#slots.length - 1;
    this.#maxBytes = maxBytes;
  }

  /** Bytes held now. */
  get bytes(): number {
    return this.states.byteLength + this.parents.byteLength + this.#slots.byteLength;
  }

  /**
   * Adds the state soon: `flush` adds what is staged, in this order. States wait so that their places in the table can be
   * read all together; one by one, each look-up would wait for memory.
   */
  stage(state: Int32Array, parent: number): void {
    const count = this.#stagedCount;
    const offset = count * this.words;
    for (let k = 0; k < this.words; k++) this.#staged[offset + k] = state[k]!;
    this.#origins[count] = parent;
    this.#hashes[count] = this.hash(state, 0);
    this.#stagedCount = count + 1;
    if (count + 1 === batch) this.flush();
  }

  /** Adds all staged states. False, and `full`, if there was no room for one. */
  flush(): boolean {
    const { words } = this;
    const count = this.#stagedCount;
    this.#stagedCount = 0;
    const slots = this.#slots;
    const mask = this.#mask;
    const candidates = this.#candidates;
    const hashes = this.#hashes;
    // Two passes of independent reads: the processor fetches many lines at once.
    for (let k = 0; k < count; k++) candidates[k] = slots[hashes[k]! & mask]!;
    let touched = this.#touched;
    const { states } = this;
    for (let k = 0; k < count; k++) if (candidates[k]! >= 0) touched ^= states[candidates[k]! * words]!;
    this.#touched = touched;
    for (let k = 0; k < count; k++) if (this.#insert(this.#staged, k * words, hashes[k]!, this.#origins[k]!) === -2) return false;
    return true;
  }

  /** Adds the state if it is new. Returns its number, or −1 if it was known, or −2 if there is no room. */
  add(state: Int32Array, parent: number): number {
    return this.#insert(state, 0, this.hash(state, 0), parent);
  }

  /** The number of the state at `offset` of `source`, or −1 if it is not here. What is only staged is not here yet. */
  find(source: Int32Array, offset = 0): number {
    const { words, states } = this;
    const slots = this.#slots;
    const mask = this.#mask;
    let slot = this.hash(source, offset) & mask;
    for (;;) {
      const found = slots[slot]!;
      if (found === -1) return -1;
      const at = found * words;
      let k = 0;
      while (k < words && states[at + k] === source[offset + k]) k++;
      if (k === words) return found;
      slot = (slot + 1) & mask;
    }
  }

  #insert(source: Int32Array, from: number, hash: number, parent: number): number {
    const { words, states } = this;
    const mask = this.#mask;
    const slots = this.#slots;
    let slot = hash & mask;
    for (;;) {
      const found = slots[slot]!;
      if (found === -1) break;
      const offset = found * words;
      let k = 0;
      while (k < words && states[offset + k] === source[from + k]) k++;
      if (k === words) return -1;
      slot = (slot + 1) & mask;
    }
    if (this.size === this.parents.length && !this.#grow()) return -2;
    const number = this.size++;
    const offset = number * words;
    for (let k = 0; k < words; k++) this.states[offset + k] = source[from + k]!;
    this.parents[number] = parent;
    // Growing rehashes, so the free slot is looked for again only then.
    if (slots === this.#slots) slots[slot] = number;
    else this.#place(number, hash);
    return number;
  }

  /** Copies a packed state. */
  read(state: number, into: Int32Array): void {
    for (let k = 0; k < this.words; k++) into[k] = this.states[state * this.words + k]!;
  }

  /** The state that it was first reached from; −1 for an initial one. */
  parentOf(state: number): number {
    return this.parents[state]!;
  }

  /** A hook for tests that break it on purpose. */
  protected hash(state: Int32Array, offset: number): number {
    let hash = 0;
    for (let k = 0; k < this.words; k++) {
      hash = Math.imul(hash ^ state[offset + k]!, 0x9e3779b1);
      hash ^= hash >>> 15;
    }
    hash = Math.imul(hash, 0x85ebca6b);
    return hash ^ (hash >>> 13);
  }

  #place(number: number, hash: number): void {
    let slot = hash & this.#mask;
    while (this.#slots[slot] !== -1) slot = (slot + 1) & this.#mask;
    this.#slots[slot] = number;
  }

  #grow(): boolean {
    // While growing, the old and the new array of one kind live side by side.
    if (this.bytes * 2 + this.states.byteLength > this.#maxBytes) {
      this.full = true;
      return false;
    }
    this.states = grown(this.states);
    this.parents = grown(this.parents);
    this.#slots = new Int32Array(this.#slots.length * 2).fill(-1);
    this.#mask = this.#slots.length - 1;
    // By batches, for the same reason as in `flush`.
    for (let from = 0; from < this.size; from += batch) {
      const count = Math.min(batch, this.size - from);
      let touched = this.#touched;
      for (let k = 0; k < count; k++) {
        const hash = this.hash(this.states, (from + k) * this.words);
        this.#rehashes[k] = hash;
        touched ^= this.#slots[hash & this.#mask]!;
      }
      this.#touched = touched;
      for (let k = 0; k < count; k++) this.#place(from + k, this.#rehashes[k]!);
    }
    return true;
  }
}

function grown(array: Int32Array): Int32Array {
  const longer = new Int32Array(array.length * 2);
  longer.set(array);
  return longer;
}
