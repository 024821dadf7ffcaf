import { Fired, stops } from '../kernel/kernel.ts';
import { LoopTables } from '../kernel/loop-tables.ts';
import { Loop, OutOfMemory } from '../kernel/loop.ts';
import type { Expander, States } from './expander.ts';
import type { Findings } from './findings.ts';

/**
 * Expands states by the inner loop (src/loop), which leaves to the kernel what is rare. States get the same numbers, and
 * findings are the same, as with `PlainExpander`.
 */
export class LoopExpander implements Expander {
  readonly states: LoopStates;
  readonly #findings: Findings;
  readonly #loop: Loop;
  readonly #tables: LoopTables;
  /** The state that the kernel has loaded, or −1. */
  #loaded = -1;

  /** @throws OutOfMemory if the budget, in bytes, does not hold the tables; RangeError if no memory can be reserved */
  constructor(findings: Findings, maxBytes: number, Tables = LoopTables) {
    this.#findings = findings;
    this.#loop = new Loop(
      {
        fire: (state, thread, pick, successor) => this.#fire(state, thread, pick, successor),
        invariant: (state, invariant) => this.#invariant(state, invariant),
        future: (state, enabled) => this.#future(state, enabled),
      },
      maxBytes,
    );
    const { words } = findings.kernel.system.layout;
    if (this.#loop.exports.attach(words, 1, 0) === 0) throw new OutOfMemory();
    this.#tables = new Tables(findings.kernel, findings.judge, this.#loop);
    this.states = new LoopStates(this.#loop, words);
    this.#seek();
  }

  get transitions(): number {
    return this.#loop.exports.takenTransitions();
  }

  get current(): number {
    return this.#loop.exports.currentState() >>> 0;
  }

  expand(from: number, to: number): number {
    this.#loaded = -1;
    return this.#loop.exports.expandRange(from, to);
  }

  flush(): void {
    this.#loop.exports.flush();
  }

  #load(state: number): void {
    if (this.#loaded === state) return;
    this.#findings.kernel.load(this.#loop.words, (this.#loop.exports.addressOf(state) >>> 0) / 4);
    this.#loaded = state;
  }

  #fire(state: number, thread: number, pick: number, successor: number): number {
    this.#load(state);
    const { kernel } = this.#findings;
    const fired = pick === stops ? kernel.halt(thread) : kernel.fire(thread, pick);
    if (fired === Fired.disabled) return fired;
    if (fired === Fired.stepped) {
      this.#loop.words.set(kernel.next, successor >>> 2);
      if (pick !== stops && kernel.violations === 0) this.#tables.taken(thread, kernel.nodeOf(thread), kernel.slot);
    }
    this.#findings.step(state, fired, thread, pick);
    this.#seek();
    return fired;
  }

  #invariant(state: number, invariant: number): number {
    this.#load(state);
    this.#findings.invariants(state);
    this.#tables.judged(invariant);
    return 1;
  }

  #future(state: number, enabled: number): void {
    this.#loaded = -1;
    this.#load(state);
    const { kernel } = this.#findings;
    // Only firing tells the kernel who waits.
    for (let thread = 0; thread < kernel.threads; thread++) kernel.fire(thread, 0);
    this.#findings.future(state, enabled);
    this.#tables.judgedDelays();
    this.#seek();
  }

  /** Tells the loop what is not news any more. */
  #seek(): void {
    const { found, judge } = this.#findings;
    this.#loop.exports.seek(
      judge.notStuck >= 0 && !found.has(judge.notStuck) ? 1 : 0,
      judge.races.any && !found.has(judge.races.guarantee) ? 1 : 0,
    );
  }
}

/** The states in the loop's memory. */
class LoopStates implements States {
  readonly words: number;
  readonly #loop: Loop;

  constructor(loop: Loop, words: number) {
    this.#loop = loop;
    this.words = words;
  }

  get size(): number {
    return this.#loop.exports.addedStates() >>> 0;
  }
  get full(): boolean {
    return this.#loop.isFull;
  }
  get bytes(): number {
    return this.#loop.bytes;
  }
  add(state: Int32Array, parent: number): void {
    this.#loop.exports.add(this.#place(state), parent);
  }
  find(state: Int32Array): number {
    return this.#loop.exports.find(this.#place(state));
  }
  read(state: number, into: Int32Array): void {
    const from = (this.#loop.exports.addressOf(state) >>> 0) / 4;
    for (let k = 0; k < this.words; k++) into[k] = this.#loop.words[from + k]!;
  }
  parentOf(state: number): number {
    return this.#loop.exports.parentOf(state);
  }

  /** Nothing is staged between calls of the loop, or what is lies before this place. */
  #place(state: Int32Array): number {
    const at = this.#loop.exports.stagingPlace() >>> 0;
    this.#loop.words.set(state, at >>> 2);
    return at;
  }
}
