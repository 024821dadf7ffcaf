import { readFileSync } from 'node:fs';

/** What the inner loop asks of TypeScript; each is explained where src/loop declares it, as `@external`. */
export interface LoopImports {
  fire(state: number, thread: number, pick: number, successor: number): number;
  settle(state: number, thread: number): number;
  invariant(state: number, invariant: number): number;
  future(state: number, enabled: number): number;
  takeAlike(state: number): number;
}

/** What src/loop/index.ts exports; numbers are addresses in `memory`, counts, or numbers of states. */
export interface LoopExports {
  allocate(bytes: number): number;
  initialise(limit: number): void;
  attach(words: number, first: number, threads: number): number;
  configure(at: number): number;
  takeAlike(at: number): number;
  seek(cycles: number, races: number): void;
  add(state: number, parent: number): void;
  find(state: number): number;
  flush(): void;
  expandRange(from: number, to: number): number;
  currentState(): number;
  addressOf(state: number): number;
  parentOf(state: number): number;
  parentAddress(state: number): number;
  share(threads: number): void;
  listCrowded(): number;
  splitListed(): void;
  takeRanges(): number;
  rangesAddress(): number;
  nextNumber(): number;
  endNumber(): number;
  renumber(from: number, to: number): void;
  replaceParents(count: number, first: number, table: number): void;
  attachRun(first: number): number;
  beginPieces(): void;
  enlist(from: number, to: number): number;
  piecesLeft(): number;
  work(): void;
  takeLeft(): number;
  leftAddress(): number;
  reserve(count: number): void;
  repack(states: number, bytes: number, parents: number, count: number, fields: number): void;
  knownOf(state: number): number;
  unseenStates(): number;
  goBack(from: number, to: number, told: number): void;
  goAgain(from: number, to: number, upwards: number): number;
  firstStuck(from: number, to: number): number;
  addedStates(): number;
  takenTransitions(): number;
  stagingPlace(): number;
}

/** Address of the word that says that memory ran out, and of the number of bytes given out (src/loop/memory.ts). */
const full = 1032;
const top = 1024;
/** WebAssembly addresses 4 GiB; the last page is left alone. */
export const mostLoopBytes = 2 ** 32 - 2 ** 16;

// The library has no types for it without those of a browser.
declare const WebAssembly: {
  readonly Memory: new (options: { readonly initial: number; readonly maximum: number; readonly shared: true }) => LoopMemory;
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: unknown };
};

/** A linear memory that threads can share. `buffer` is a new object after each growth. */
interface LoopMemory {
  readonly buffer: SharedArrayBuffer;
  /** By pages of 64 KiB. */
  grow(pages: number): number;
}

let compiled: object | undefined;

/** The loop's code, ready to be used; sooner ready if somebody has called it before who had to wait anyway. */
export function compileLoop(): object {
  return (compiled ??= new WebAssembly.Module(readFileSync(new URL('../loop/loop.wasm', import.meta.url))));
}

/** What another thread needs to take part. */
export interface SharedLoop {
  readonly memory: LoopMemory;
  readonly module: object;
}

/** The inner loop of the exhaustive search: its code, and the memory that it works in. */
export class Loop {
  readonly exports: LoopExports;
  readonly shared: SharedLoop;
  #words: Int32Array;

  /**
   * @param maxBytes budget for all that lies in the memory; at most `mostLoopBytes`
   * @param shared to take part in the loop of another thread
   */
  constructor(imports: LoopImports, maxBytes: number, shared?: SharedLoop) {
    this.shared = shared ?? {
      memory: new WebAssembly.Memory({ initial: 1, maximum: 65_536, shared: true }),
      module: compileLoop(),
    };
    const { memory, module } = this.shared;
    const { exports } = new WebAssembly.Instance(module, { env: { memory }, search: imports });
    // The module is made from src/loop by the build, whose exports these are.
    this.exports = exports as LoopExports;
    this.#words = new Int32Array(memory.buffer);
    if (shared === undefined) this.exports.initialise(Math.min(maxBytes, mostLoopBytes));
  }

  /** The memory as 32-bit words. Stays good for addresses given out before. */
  get words(): Int32Array {
    const { memory } = this.shared;
    if (this.#words.byteLength !== memory.buffer.byteLength) this.#words = new Int32Array(memory.buffer);
    // What another thread has made the memory grow by is not seen here until the engine gets round to telling, or is asked.
    if (this.bytes > this.#words.byteLength) {
      memory.grow(0);
      this.#words = new Int32Array(memory.buffer);
    }
    return this.#words;
  }

  /** `words`, for who reads and writes before index `end`. Asking the memory how long it is takes longer than most reads. */
  reach(end: number): Int32Array {
    return end <= this.#words.length ? this.#words : this.words;
  }

  /** Zeroed bytes of the memory, for good: their address. Throws `OutOfMemory` if the budget does not allow it. */
  allocate(bytes: number): number {
    const at = this.exports.allocate(bytes) >>> 0;
    if (at === 0) throw new OutOfMemory();
    return at;
  }

  /** Writes words to new memory: their address. */
  place(words: ArrayLike<number>): number {
    const at = this.allocate(Math.max(4, words.length * 4));
    this.words.set(words, at >>> 2);
    return at;
  }

  /**
   * Writes an address where other threads may find it meanwhile, behind what was written at that address. Readers need no more
   * than to read what it leads to through the address itself, as src/loop does: processors keep that order.
   */
  publish(word: number, address: number): void {
    Atomics.store(this.reach(word + 1), word, address);
  }

  get isFull(): boolean {
    return this.words[full >>> 2] === 1;
  }

  /** Has all threads stop soon, as if there were no room for another state. */
  giveUp(): void {
    Atomics.store(this.words, full >>> 2, 1);
  }

  /** Bytes given out. */
  get bytes(): number {
    return this.#words[top >>> 2]! >>> 0;
  }
}

/** The budget does not even hold the tables. */
export class OutOfMemory extends Error {}
