import { Layout, type Field } from '../kernel/layout.ts';
import type { System } from '../kernel/system.ts';

/** Threads whose flags one field holds: a field takes 24 bits at most. */
const flags = 16;

/**
 * A state, the thread that runs in it and the threads that have acted so far, packed: what is not part of the state stands
 * behind it, in bits of its last word if they are free.
 */
export class NodeLayout {
  readonly words: number;
  /** Of the node last read: −1 if no thread runs. */
  running = -1;
  /** Of the node last read, a set of bits by thread; 0 if it is not kept. */
  acted = 0;
  readonly #layout: Layout;
  readonly #runningField: number;
  readonly #actedFields: number;
  readonly #state: Int32Array;
  readonly #node: Int32Array;
  /** The bits of the state's last word that are the state's. */
  readonly #ownBits: number;

  /** @param keepsActed whether the threads that have acted belong to the node */
  constructor(system: System, keepsActed: boolean) {
    const { fields, words } = system.layout;
    const threads = system.scenario.threads.length;
    const acted: Field[] = [];
    if (keepsActed)
      for (let from = 0; from < threads; from += flags) acted.push({ name: 'acted', size: 2 ** Math.min(flags, threads - from) });
    // Fields are laid out in order, so those of the state stay where they are.
    this.#layout = new Layout([...fields, { name: 'running', size: threads + 1 }, ...acted]);
    this.#runningField = fields.length;
    this.#actedFields = acted.length;
    this.words = this.#layout.words;
    this.#state = new Int32Array(words);
    this.#node = new Int32Array(this.words);
    let ownBits = 0;
    fields.forEach((_, field) => {
      if (this.#layout.word[field] === words - 1) ownBits |= this.#layout.mask[field]! << this.#layout.shift[field]!;
    });
    this.#ownBits = ownBits;
  }

  /** A node, packed; it is overwritten by the next. */
  node(state: Int32Array, running: number, acted: number): Int32Array {
    const node = this.#node;
    const { words } = this;
    const own = this.#state.length;
    for (let k = 0; k < own; k++) node[k] = state[k]!;
    for (let k = own; k < words; k++) node[k] = 0;
    this.#put(this.#runningField, running + 1);
    for (let k = 0; k < this.#actedFields; k++) this.#put(this.#runningField + 1 + k, (acted >>> (k * flags)) & (2 ** flags - 1));
    return node;
  }

  /** The state of a packed node by its number; sets `running` and `acted`. It is overwritten by the next. */
  read(nodes: Int32Array, number: number): Int32Array {
    const state = this.#state;
    const offset = number * this.words;
    for (let k = 0; k < state.length; k++) state[k] = nodes[offset + k]!;
    state[state.length - 1] = state[state.length - 1]! & this.#ownBits;
    this.running = this.#layout.read(nodes, this.#runningField, offset) - 1;
    let acted = 0;
    for (let k = 0; k < this.#actedFields; k++) acted |= this.#layout.read(nodes, this.#runningField + 1 + k, offset) << (k * flags);
    this.acted = acted;
    return state;
  }

  /** The free bits of a new node are 0. */
  #put(field: number, value: number): void {
    const word = this.#layout.word[field]!;
    this.#node[word] = this.#node[word]! | (value << this.#layout.shift[field]!);
  }
}
