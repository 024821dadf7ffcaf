import type { Settling } from './aftermath.ts';
import type { Kernel } from './kernel.ts';
import type { Judge } from './judge.ts';
import type { LoopAnswers } from './loop-answers.ts';
import { fieldWords, radixFields, type FieldWords, type RadixFields } from './loop-fields.ts';
import { LoopMonitors } from './loop-monitors.ts';
import { placeCount, seenAt, type Seen } from './loop-slots.ts';
import { OutOfMemory, type Loop } from './loop.ts';
import { hasField, Opcode } from './opcode.ts';
import { possessionsOf, type Possessions } from './possessions.ts';
import type { CompoundCode, Extra, Program } from './program.ts';

// Sizes and kinds as in src/loop/tables.ts and src/loop/step.ts.
const nodeWords = 16;
const threadWords = 16;
const flag = { rare: 0x100, safe: 0x200, rests: 0x400, told: 0x800 } as const;
const blockedSlot = 1;
/** Instead of a field: it reads as 0. */
const nothing: FieldWords = [0, 0, 0];
const effect = { end: 0, ghost: 1, event: 2, assignment: 3, settling: 4 } as const;
/** Tables of old and new value of a watched variable have at most this many entries. */
const mostChanges = 1 << 16;

/** The local states of a thread in the loop's memory. */
interface PlacedNodes {
  /** Where their records are, for how many there is room, and how many there are. */
  readonly at: number;
  readonly room: number;
  count: number;
  /** By local state: the address of its slots' addresses. */
  readonly slots: number[];
  /** By local state: what tells the place of a slot's address there; undefined where that is the slot's own. */
  readonly seen: (Seen | undefined)[];
}

/**
 * What threads do, as the inner loop reads it (src/loop/tables.ts), extended as the kernel learns: a slot is there once it has
 * been taken. What monitors and properties say of it is in loop-monitors.ts and loop-answers.ts. What is not there is left to the
 * kernel, so a table can be late but must not be wrong. What is `protected` is a hook for tests that break it on purpose.
 */
export class LoopTables {
  /** Where the loop's `configure` reads them. */
  readonly at: number;
  readonly #kernel: Kernel;
  readonly #judge: Judge;
  /** By thread and local state: 1 where the step may be taken alone; undefined where no search is to be reduced. */
  readonly #safe: readonly Uint8Array[] | undefined;
  readonly #loop: Loop;
  readonly #possessions: readonly ((node: number) => Possessions | undefined)[];
  /** By thread. */
  readonly #placed: PlacedNodes[] = [];
  /** Words a state, in whole vectors. */
  readonly #padded: number;
  readonly #monitors: LoopMonitors;
  /** The address of a word that is 0. */
  readonly #unknown: number;
  readonly #operands = new Map<CompoundCode, number>();
  readonly #answers: LoopAnswers;

  /**
   * @throws OutOfMemory if the loop's budget does not hold the tables
   */
  constructor(kernel: Kernel, judge: Judge, loop: Loop, answers: LoopAnswers, safe?: readonly Uint8Array[]) {
    this.#safe = safe;
    this.#kernel = kernel;
    this.#judge = judge;
    this.#loop = loop;
    this.#answers = answers;
    const { system } = kernel;
    this.#padded = Math.ceil(system.layout.words / 4) * 4;
    this.#possessions = kernel.programs.map((_, thread) => possessionsOf(system, thread));
    this.#unknown = loop.allocate(4);
    this.#monitors = new LoopMonitors(kernel, loop, this.#unknown);
    const threads = kernel.programs.flatMap((program, thread) => this.#thread(program, thread));
    const gates = system.gates.flatMap((_, gate) => this.#field(system.gateField(gate)));
    const table = ([count, words]: readonly [number, readonly number[]]): readonly number[] => [count, loop.place(words)];
    this.at = loop.place([
      kernel.threads,
      loop.place(threads),
      system.gates.length,
      loop.place(gates),
      ...table(answers.invariantRecords),
      ...table(answers.delayRecords),
      ...table(answers.stepRecords),
      safe === undefined ? 0 : 1,
      judge.notStuck < 0 ? 0 : kernel.threads <= 8 ? 1 : kernel.threads <= 16 ? 2 : 4,
    ]);
    if (loop.exports.configure(this.at) === 0) throw new OutOfMemory();
    this.#monitors.listen();
  }

  #field(field: number): FieldWords {
    return fieldWords(this.#kernel.system.layout, field);
  }

  #radixFields(of: RadixFields): readonly number[] {
    return radixFields(this.#kernel.system.layout, of);
  }

  /** The address of a compound step's fields and radices. */
  #operandsOf(compound: CompoundCode): number {
    let at = this.#operands.get(compound);
    if (at === undefined) this.#operands.set(compound, (at = this.#loop.place(this.#radixFields(compound))));
    return at;
  }

  #thread(program: Program, thread: number): number[] {
    const { system } = this.#kernel;
    // A local state that has no room yet would not fit into states either: the kernel asks for more before one holds it.
    const room = system.closed ? program.length : system.layout.mask[system.nodeField(thread)]! + 1;
    const nodes = this.#loop.allocate(room * nodeWords * 4);
    this.#placed.push({ at: nodes, room, count: 0, slots: [], seen: [] });
    this.#placeNodes(thread);
    const { gate } = system.scenario.threads[thread]!;
    const gateNumber = gate === undefined ? 0 : 1 + system.numberOf(gate, 'a thread');
    const words = [
      ...this.#field(system.nodeField(thread)),
      nodes,
      ...this.#field(system.stoppedField(thread)),
      ...(gateNumber === 0 ? [0, 0, 0] : this.#field(system.gateField(gateNumber - 1))),
      ...this.#field(system.pinField(thread)),
      gateNumber,
    ];
    return [...words, ...Array.from({ length: threadWords - words.length }, () => 0)];
  }

  /** Places the local states that were learned since. Whatever the loop sees must have been: it takes an empty place for a thread's end. */
  #placeNodes(thread: number): void {
    const program = this.#kernel.programs[thread]!;
    const placed = this.#placed[thread]!;
    const until = Math.min(program.length, placed.room);
    if (placed.count === until) return;
    let places = 0;
    const first = Array.from({ length: until - placed.count }, (_, k) => {
      const node = placed.count + k;
      const seen = this.seen(program, thread, node);
      placed.seen.push(seen);
      const before = places;
      places += seen?.places ?? placeCount(program, node);
      return before;
    });
    const slots = this.#loop.allocate(Math.max(4, places * 4));
    for (const place of first) placed.slots.push(slots + place * 4);
    for (let node = placed.count; node < until; node++)
      this.#loop.words.set(this.#node(program, thread, node), (placed.at >>> 2) + node * nodeWords);
    placed.count = until;
  }

  /** The kernel has taken a step, and may have learned. */
  extend(): void {
    if (!this.#kernel.system.closed) for (let thread = 0; thread < this.#placed.length; thread++) this.#placeNodes(thread);
  }

  #node(program: Program, thread: number, node: number): number[] {
    const { system } = this.#kernel;
    const opcode = program.opcode[node]!;
    const slots = this.#placed[thread]!.slots[node]!;
    const seen = this.#placed[thread]!.seen[node];
    const compound = program.compounds[node];
    if (compound?.table.outcome.includes(-1) === true)
      compound.table.outcome.forEach((outcome, row) => {
        if (outcome === -1) this.#loop.words[(slots >>> 2) + row] = blockedSlot;
      });
    const extra = program.extras[node];
    const effects = extra === undefined ? 0 : this.effects(program, thread, node, extra);
    const second =
      opcode === Opcode.choose
        ? program.a[node]!
        : opcode === Opcode.completeStop
          ? 1 + program.a[node]! - system.gateField(0)
          : program.b[node]!;
    const accesses = this.#judge.races.accessesAt(thread, node);
    const bits = (writes: boolean): number =>
      accesses.reduce((set, access) => (access.writes === writes ? set | (1 << (access.value & 31)) : set), 0);
    const isRare = effects === undefined || this.isRare(opcode, this.#possessions[thread]!(node));
    const isTold = !isRare && seen !== undefined;
    const [low, high] = isTold ? seen.fields : [];
    return [
      opcode |
        (isRare ? flag.rare : 0) |
        (this.#safe?.[thread]![node] === 1 ? flag.safe : 0) |
        (this.mayRestAt(thread, node) ? flag.rests : 0) |
        (isTold ? flag.told : 0),
      ...(low === undefined ? nothing : this.#field(low)),
      ...(high === undefined ? nothing : this.#field(high)),
      isTold ? seen.radix : slots,
      isTold ? slots : this.#unknown,
      effects ?? 0,
      bits(false),
      bits(true),
      ...(compound !== undefined ? [this.#operandsOf(compound), 0, 0] : hasField(opcode) ? this.#field(program.a[node]!) : nothing),
      second,
    ];
  }

  /** Whether all steps from here are the kernel's: what they mean depends on how the thread got here. */
  protected isRare(opcode: number, possessions: Possessions | undefined): boolean {
    if (opcode === Opcode.fault || opcode === Opcode.error) return true;
    // Lock order and lock misuse look at all that the thread holds; it is the same every time only if its node tells.
    if (opcode === Opcode.request || opcode === Opcode.lock || opcode === Opcode.tryLock) return possessions === undefined;
    return opcode === Opcode.requestStop && (possessions === undefined || possessions.mutexes.length > 0);
  }

  /** Whether a thread may stay in a local state for ever. */
  protected mayRestAt(thread: number, node: number): boolean {
    return this.#kernel.waitFor.mayRestAt(thread, node);
  }

  /** The address of what happens beside a node's steps; undefined if the kernel must do it. */
  protected effects(program: Program, thread: number, node: number, extra: Extra): number | undefined {
    const { system } = this.#kernel;
    const words: number[] = [];
    const record = (kind: number, rest: readonly number[]): void => void words.push(kind, (2 + rest.length) * 4, ...rest);
    for (const ghost of extra.ghosts)
      record(effect.ghost, [
        ...this.#field(system.valueField(ghost.target)),
        ghost.rows,
        this.#loop.place(ghost.next),
        ...this.#radixFields(ghost),
      ]);
    extra.events?.forEach((event, guarantee) => {
      if (event >= 0) record(effect.event, this.#monitors.event(guarantee, event));
    });
    for (const value of extra.watched) {
      const { size } = system.values[value]!.domain;
      if (size * size > mostChanges) return undefined;
      const compound = program.compounds[node];
      const writes =
        compound !== undefined && !extra.ghosts.some(({ target }) => target === value) && compound.table.writes.includes(0)
          ? this.#bytes(compound.table.writes)
          : 0;
      record(effect.assignment, [...this.#field(system.valueField(value)), size, this.#monitors.changesOf(thread, value, size), writes]);
    }
    for (const settling of this.lookingAfter(extra)) {
      if (settling.rows > mostChanges) return undefined;
      record(effect.settling, [this.#monitors.settlingOf(settling), ...this.#radixFields(settling)]);
    }
    return this.#loop.place([...words, effect.end]);
  }

  /** The monitors that must look at the state behind a step. */
  protected lookingAfter(extra: Extra): readonly Settling[] {
    return this.#kernel.aftermath.lookingAfter(extra);
  }

  #bytes(bytes: Uint8Array): number {
    const at = this.#loop.allocate(bytes.length);
    new Uint8Array(this.#loop.words.buffer).set(bytes, at);
    return at;
  }

  /** The kernel has taken the thread's slot, and nothing was wrong: from now on the loop takes it, of a compound step from all rows of its class. */
  taken(thread: number, node: number, slot: number): void {
    const program = this.#kernel.programs[thread]!;
    const { slots, seen } = this.#placed[thread]!;
    const first = slots[node]! >>> 2;
    const index = slot - program.first[node]!;
    const compound = program.compounds[node];
    const place = first + (compound === undefined ? this.#placeOf(seen[node], index) : compound.classes.first[index]!);
    if (this.#loop.words[place] !== 0) return;
    const target = program.target[slot]!;
    // A thread's end is judged by what it still has.
    if (program.opcode[target]! <= Opcode.error && this.#possessions[thread]!(target) === undefined) return;
    const placed = this.#loop.place(this.masksOf(thread, node, slot));
    if (compound === undefined) this.#loop.publish(place, placed);
    else for (let row = place - first; row >= 0; row = this.rowAfter(compound, row)) this.#loop.publish(first + row, placed);
  }

  /** The next row that does the same, or −1. */
  protected rowAfter({ classes }: CompoundCode, row: number): number {
    return classes.sibling[row]!;
  }

  /** What tells the slot of a step; undefined where the loop must look closer. */
  protected seen(program: Program, thread: number, node: number): Seen | undefined {
    return seenAt(this.#kernel.system, program, thread, node);
  }

  /** Where the address of a slot is put that was taken in the kernel's current state. */
  #placeOf(seen: Seen | undefined, slot: number): number {
    if (seen === undefined) return slot;
    const [low = 0, high = 0] = seen.fields.map((field) => this.#kernel.get(field));
    return low + high * seen.radix;
  }

  /** A slot's record: the result's code, whether step properties may see it, then, from the fourth word on, what it keeps, sets and adds. */
  protected masksOf(thread: number, node: number, slot: number): Int32Array {
    const program = this.#kernel.programs[thread]!;
    const { words } = this.#kernel.system.layout;
    const record = new Int32Array(4 + 3 * this.#padded);
    const masks = program.masks[slot]! * words;
    record[0] = program.resultOf(node, slot);
    record[1] = this.shows(program, node, masks) ? 1 : 0;
    record.fill(-1, 4, 4 + this.#padded);
    for (let k = 0; k < words; k++) {
      record[4 + k] = program.keep[masks + k]!;
      record[4 + this.#padded + k] = program.set[masks + k]!;
      record[4 + 2 * this.#padded + k] = program.add[masks + k]!;
    }
    return record;
  }

  /** Whether a step from the node by these masks may change what a step property looks at. */
  protected shows(program: Program, node: number, masks: number): boolean {
    const { system } = this.#kernel;
    if (program.extras[node]?.ghosts.some(({ target }) => this.#answers.shown.has(system.valueField(target))) === true) return true;
    const { layout } = system;
    return Array.from(this.#answers.shown).some((field) => {
      const word = masks + layout.word[field]!;
      const bits = layout.mask[field]! << layout.shift[field]!;
      return (program.keep[word]! & bits) !== bits || (program.add[word]! & bits) !== 0;
    });
  }
}
