import type { System } from '../../kernel/system.ts';
import { Ancestry, type Origin } from './ancestry.ts';
import { Budget } from './budget.ts';
import { Fingerprints } from './fingerprints.ts';
import { Frontier } from './frontier.ts';
import { batch, Staged } from './staged.ts';
import { UniversalHash } from './universal-hash.ts';

/** What a test may change or break on purpose. */
export interface CompactedParts {
  /** Bits of a fingerprint: few of them make omissions. */
  readonly bits?: number;
  readonly Ancestry?: typeof Ancestry;
}

/**
 * The visited states of a search by hash compaction, numbered in the order in which they were found: of each its hash
 * value and its origin, and of those that wait to be expanded the packed state as well.
 */
export class CompactedStates {
  /** Whether the budget did not hold all states. */
  full = false;
  /** How many have been expanded; the next one is the head of the frontier. */
  expanded = 0;
  readonly #system: System;
  readonly #seed: number;
  readonly #bits: number | undefined;
  readonly #budget: Budget;
  readonly #values: Fingerprints;
  readonly #ancestry: Ancestry;
  #frontier: Frontier;
  #staged: Staged;
  #hash: UniversalHash;

  /** @param maxBytes budget for all of it. Throws RangeError if that does not even hold an empty table. */
  constructor(system: System, seed: number, maxBytes: number, parts: CompactedParts = {}) {
    if (maxBytes < Fingerprints.fewestBytes) throw new RangeError('no room for an empty table');
    this.#system = system;
    this.#seed = seed;
    this.#bits = parts.bits;
    this.#budget = new Budget(maxBytes);
    this.#values = new Fingerprints(this.#budget);
    this.#ancestry = new (parts.Ancestry ?? Ancestry)(this.#budget);
    const { words } = system.layout;
    this.#frontier = new Frontier(words, this.#budget);
    this.#staged = new Staged(words);
    this.#hash = new UniversalHash(system.layout, seed, parts.bits);
    this.#makeRoom();
  }

  get size(): number {
    return this.#values.size;
  }
  get bytes(): number {
    return this.#budget.used;
  }

  /** The state to be expanded next, packed, at `offset`. */
  get head(): Int32Array {
    return this.#frontier.head;
  }
  get offset(): number {
    return this.#frontier.offset;
  }

  /** The head has been expanded. */
  shift(): void {
    this.#frontier.shift();
    this.expanded++;
  }

  /** What is staged next was reached from this state. */
  from(state: Int32Array): void {
    this.#hash.begin(state);
  }

  /** Adds soon, if it is new, what a step leads to: the step's number among those enabled in the head. */
  stage(before: Int32Array, after: Int32Array, step: number): void {
    this.#hash.step(before, after);
    this.#staged.add(after, this.#hash, this.expanded, step);
    if (this.#staged.count === batch) this.flush();
  }

  /** Adds an initial state at once, if it is new. */
  addInitial(state: Int32Array): boolean {
    const { size } = this;
    this.#hash.begin(state);
    this.#hash.step(state, state);
    this.#staged.add(state, this.#hash, -1, 0);
    this.flush();
    return this.size > size;
  }

  /** Adds what is staged, in this order. */
  flush(): void {
    const staged = this.#staged;
    const { count, segments, highs, lows, homes, words } = staged;
    staged.count = 0;
    const values = this.#values;
    values.begin();
    for (let k = 0; k < count; k++) homes[k] = values.look(segments[k]!, highs[k]!, lows[k]!);
    for (let k = 0; k < count && !this.full; k++) {
      const added = values.add(segments[k]!, highs[k]!, lows[k]!, homes[k]!);
      if (added === 1) {
        this.#frontier.push(staged.states, k * words);
        this.#ancestry.add(staged.parents[k]!, staged.steps[k]!);
        this.#makeRoom();
      } else if (added < 0) this.full = true;
    }
  }

  /** For one more state in the frontier and in the ancestry, always: then only the table has to say that it has none. */
  #makeRoom(): void {
    if (!this.#frontier.hasRoom() || !this.#ancestry.hasRoom()) this.full = true;
  }

  originOf(state: number): Origin {
    return this.#ancestry.of(state);
  }

  /** The layout is about to change, to a wider one; call what this returns once it has. */
  repacking(): () => void {
    this.flush();
    const { layout } = this.#system;
    const old = this.#frontier;
    return () => {
      const { words } = this.#system.layout;
      const pack = layout.packer(this.#system.layout);
      const state = new Int32Array(words);
      const one = new Int32Array(layout.words);
      this.#staged = new Staged(words);
      this.#hash = new UniversalHash(this.#system.layout, this.#seed, this.#bits);
      this.#frontier = new Frontier(words, this.#budget);
      while (old.length > 0 && !this.full) {
        for (let k = 0; k < one.length; k++) one[k] = old.head[old.offset + k]!;
        pack(one, state);
        old.shift();
        if (this.#frontier.hasRoom()) this.#frontier.push(state, 0);
        else this.full = true;
      }
      old.release();
      this.#makeRoom();
    };
  }
}
