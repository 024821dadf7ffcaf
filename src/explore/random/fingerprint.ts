import type { LocalState } from '../../automaton/local-state.ts';
import type { System } from '../../kernel/system.ts';
import { describe, keyOf } from '../../model/plain-data.ts';
import { mixed } from './random-stream.ts';

/** Hashes of a field's codes from here on are made whenever they are needed. */
const mostCodes = 1 << 14;

/** The two halves of a fingerprint. */
export interface Halves {
  low: number;
  high: number;
}

/**
 * A fingerprint of 64 bits of a packed state, kept up to date step by step: the exclusive or of a hash for each (field,
 * value) (Zobrist, "A new hashing method with application for game playing", 1970).
 *
 * Two workers pack one state differently, because codes are given out and fields widened as runs need them. So the
 * fingerprint is of what the fields mean: codes of monitors, and of local states learned on demand, enter by what they
 * stand for. Among n states some two have equal fingerprints with odds of about n²/2^65: 3 in a million for 10 million.
 */
export class Fingerprint {
  /** The fingerprint of the state seen last, in two halves. */
  low = 0;
  high = 0;
  readonly #system: System;
  readonly #words: number;
  /** By word: its fields, four numbers each: field, shift, mask, and where the hashes of its codes begin. */
  readonly #fields: readonly Int32Array[];
  /** Fields whose codes are given out as they turn up. */
  readonly #named: ReadonlySet<number>;
  /** Two hashes a code, filled in as codes turn up. */
  readonly #hashes: Int32Array;
  readonly #known: Uint8Array;
  /** Where the fields of `ofOutcome` are in `#fields`. */
  readonly #outcomePlaces: readonly { readonly word: number; readonly k: number }[];
  #lowOf = 0;
  #highOf = 0;

  constructor(system: System) {
    const { layout } = system;
    this.#system = system;
    this.#words = layout.words;
    const named = new Set<number>();
    system.monitors.forEach((monitor, guarantee) => monitor !== undefined && named.add(system.monitorField(guarantee)));
    if (!system.closed) system.learners.forEach((_, thread) => named.add(system.nodeField(thread)));
    this.#named = named;
    let places = 0;
    const bases = layout.fields.map((_, field) => {
      const codes = Math.min(mostCodes, layout.mask[field]! + 1);
      places += 2 * codes;
      return places - 2 * codes;
    });
    this.#hashes = new Int32Array(places);
    this.#known = new Uint8Array(places);
    this.#fields = Array.from({ length: layout.words }, (_, word) =>
      Int32Array.from(
        layout.fields.flatMap((_, field) =>
          layout.word[field] === word && layout.mask[field] !== 0 ? [field, layout.shift[field]!, layout.mask[field]!, bases[field]!] : [],
        ),
      ),
    );
    const left = new Set<number>();
    system.values.forEach(({ kind }, value) => kind === 'ghost' && left.add(system.valueField(value)));
    system.monitors.forEach((_, guarantee) => left.add(system.monitorField(guarantee)));
    this.#outcomePlaces = this.#fields.flatMap((fields, word) =>
      Array.from({ length: fields.length / 4 }, (_, index) => ({ word, k: 4 * index })).filter(({ k }) => !left.has(fields[k]!)),
    );
  }

  /** The fingerprint of a state that comes after nothing. */
  begin(state: Int32Array): void {
    this.low = 0;
    this.high = 0;
    for (let word = 0; word < this.#words; word++) {
      const fields = this.#fields[word]!;
      for (let k = 0; k < fields.length; k += 4) this.#toggle(fields, k, (state[word]! >>> fields[k + 1]!) & fields[k + 2]!);
    }
  }

  /** The fingerprint after a step. */
  step(before: Int32Array, after: Int32Array): void {
    for (let word = 0; word < this.#words; word++) {
      const old = before[word]!;
      const now = after[word]!;
      const changed = old ^ now;
      if (changed === 0) continue;
      const fields = this.#fields[word]!;
      for (let k = 0; k < fields.length; k += 4) {
        const shift = fields[k + 1]!;
        const mask = fields[k + 2]!;
        if (((changed >>> shift) & mask) === 0) continue;
        this.#toggle(fields, k, (old >>> shift) & mask);
        this.#toggle(fields, k, (now >>> shift) & mask);
      }
    }
  }

  /** How a schedule ends in this terminal state: the shared values and where each thread stands, without ghosts and monitors. */
  ofOutcome(state: Int32Array, to: Halves): void {
    const { layout } = this.#system;
    const { low, high } = this;
    this.low = 0;
    this.high = 0;
    for (const place of this.#outcomePlaces) {
      const fields = this.#fields[place.word]!;
      this.#toggle(fields, place.k, layout.read(state, fields[place.k]!));
    }
    to.low = this.low;
    to.high = this.high;
    this.low = low;
    this.high = high;
  }

  /** How a schedule ends with a throw: by whom and with what words. */
  ofThrow(thread: number, says: string, to: Halves): void {
    to.low = hashOf(`${thread} ${says}`, 0x811c9dc5);
    to.high = hashOf(`${thread} ${says}`, 0x3c6ef372);
  }

  #toggle(fields: Int32Array, k: number, code: number): void {
    const place = code < mostCodes ? fields[k + 3]! + 2 * code : -1;
    if (place < 0 || this.#known[place] === 0) {
      this.#learn(fields[k]!, code, place);
      this.low ^= this.#lowOf;
      this.high ^= this.#highOf;
      return;
    }
    this.low ^= this.#hashes[place]!;
    this.high ^= this.#hashes[place + 1]!;
  }

  /** Finds the hashes of a field's code, and keeps them if there is a place (≥ 0) for them. */
  #learn(field: number, code: number, place: number): void {
    let low = code;
    let high = code;
    if (this.#named.has(field)) {
      const text = this.#meaning(field, code);
      low = hashOf(text, 0x811c9dc5);
      high = hashOf(text, 0x3c6ef372);
    }
    this.#lowOf = mixed((Math.imul(field + 1, 0x9e3779b1) + Math.imul(low, 0x2545f491)) | 0);
    this.#highOf = mixed((Math.imul(field + 1, 0x27d4eb2f) + Math.imul(high, 0x165667b1) + 0x5bd1e995) | 0);
    if (place < 0) return;
    this.#known[place] = 1;
    this.#hashes[place] = this.#lowOf;
    this.#hashes[place + 1] = this.#highOf;
  }

  #meaning(field: number, code: number): string {
    const system = this.#system;
    const monitor = system.monitors.find((_, guarantee) => system.monitorField(guarantee) === field);
    if (monitor !== undefined) return code < monitor.states.length && code > 0 ? keyOf(monitor.states[code]) : `code ${code}`;
    const thread = system.learners.findIndex((_, thread) => system.nodeField(thread) === field);
    return meaningOf(system.learners[thread]!.states[code]!);
  }
}

/** A local state by names and lines, which are the same in every process; folders of compiled models are not. */
function meaningOf({ frames, pending }: LocalState): string {
  const stack = frames.map(
    ({ routine, parameters, results, entered, site, mode }) =>
      `${routine.routineName}@${site.line}:${site.column} ${mode} ${entered} ${describe(parameters)} ${describe(results)}`,
  );
  return `${pending.kind} ${pending.kind === 'operation' ? pending.phase : ''} ${stack.join(' / ')}`;
}

/** FNV-1a over UTF-16 units, then mixed. */
function hashOf(text: string, basis: number): number {
  let hash = basis;
  for (let k = 0; k < text.length; k++) hash = Math.imul(hash ^ text.charCodeAt(k), 0x01000193);
  return mixed(hash ^ text.length);
}
