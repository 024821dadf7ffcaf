import { blocked, faulty } from '../automaton/compound-table.ts';
import { HeddleError } from '../model/error.ts';
import type { Site } from '../model/site.ts';
import { Aftermath } from './aftermath.ts';
import { Opcode } from './opcode.ts';
import { Program } from './program.ts';
import { PropertyTables } from './property-tables.ts';
import { RankCheck } from './rank-check.ts';
import type { Applier } from './layout.ts';
import { Overflow, type System } from './system.ts';
import { WaitFor } from './wait-for.ts';

/** What `fire` and `halt` answer. */
export const Fired = { disabled: 0, stepped: 1, faulted: 2 } as const;

/** A throw of the runtime, on the step that it ends. */
export interface Fault {
  readonly category: 'lock' | 'throw';
  readonly says: string;
}

/** The choice that stands for "stops at its safe point" instead of the thread's next operation. */
export const stops = -1;

/**
 * The fast semantics: steps of packed states by tables of numbers. `load` a state, `fire` a thread's pending operation,
 * find the successor in `next`. It keeps to docs/semantics.md and is compared with `src/semantics/` on generated protocols.
 *
 * Nothing is allocated and no user code runs in `fire`, except the first time that a transition, a monitor's event or a
 * property's row turns up.
 */
export class Kernel {
  readonly system: System;
  readonly threads: number;
  /** The state that is being expanded. */
  readonly current: Int32Array;
  /** Its successor after `fire` or `halt` answered `stepped`. */
  readonly next: Int32Array;
  readonly programs: readonly Program[];
  /** The last fault; valid after `fire` answered `faulted`. */
  fault: Fault = { category: 'throw', says: '' };
  /** The slot of the last step that `fire` took (see Program). */
  slot = 0;
  /** Guarantees that the last step violated: the first `violations` entries. */
  readonly violated: Int32Array;
  violations = 0;
  /** What the violated monitors said; empty for the others. */
  readonly says: string[] = [];
  /** How many threads have been found, since `load`, waiting for a mutex, for its stopped holder, or for threads to stop: a wait-for cycle takes two. */
  waiting = 0;
  /** Whether in the current state some gate is being closed: only then can threads stop. */
  closing = false;

  readonly properties: PropertyTables;
  /** The current state, unpacked. */
  readonly #fields: Int32Array;
  readonly #unpack: (state: Int32Array, fields: Int32Array) => void;
  readonly #apply: Applier;
  readonly #gates: number;
  readonly #word: Int32Array;
  readonly #shift: Int32Array;
  readonly #mask: Int32Array;
  readonly #nodeField: Int32Array;
  readonly #pinField: Int32Array;
  readonly #stoppedField: Int32Array;
  /** Gate field of each thread, −1 without a gate. */
  readonly #gateField: Int32Array;
  readonly #mutexField: number;
  readonly #gateBase: number;
  readonly waitFor: WaitFor;
  /** Lock order, and which mutexes were taken under which. */
  readonly ranks: RankCheck;
  /** Ends of threads, ghosts and monitors. */
  readonly aftermath: Aftermath;

  /** @param before a kernel of the same system with another layout, which is not used any more: what it knows is taken over */
  constructor(system: System, before?: Kernel) {
    this.system = system;
    this.threads = system.scenario.threads.length;
    const { layout } = system;
    this.current = new Int32Array(layout.words);
    this.next = new Int32Array(layout.words);
    before?.programs.forEach((program) => program.relay());
    this.programs = before?.programs ?? system.learners.map((_, thread) => new Program(system, thread));
    this.violated = new Int32Array(system.guarantees.length + 1);
    this.#fields = new Int32Array(layout.fields.length);
    this.#unpack = layout.unpacker();
    this.#apply = layout.applier();
    this.#gates = system.gates.length;
    this.#word = layout.word;
    this.#shift = layout.shift;
    this.#mask = layout.mask;
    const byThread = (field: (thread: number) => number): Int32Array =>
      Int32Array.from(system.scenario.threads, (_, thread) => field(thread));
    this.#nodeField = byThread(system.nodeField);
    this.#pinField = byThread(system.pinField);
    this.#stoppedField = byThread(system.stoppedField);
    this.#gateField = Int32Array.from(system.scenario.threads, ({ gate }) =>
      gate === undefined ? -1 : system.gateField(system.numberOf(gate, 'a thread')),
    );
    this.#mutexField = system.mutexField(0);
    this.#gateBase = system.gateField(0);
    this.ranks = new RankCheck(this);
    this.aftermath = new Aftermath(this);
    this.properties = new PropertyTables(system);
    this.waitFor = new WaitFor(this);
  }

  /** Makes the packed state at `offset` of `states` the current one. */
  load(states: Int32Array, offset: number): void {
    const { current } = this;
    for (let k = 0; k < current.length; k++) current[k] = states[offset + k]!;
    const fields = this.#fields;
    this.#unpack(current, fields);
    this.waiting = 0;
    this.closing = false;
    for (let gate = 0; gate < this.#gates; gate++) {
      const value = fields[this.#gateBase + gate]!;
      if (value !== 0 && value <= this.threads) this.closing = true;
    }
  }

  /** A field of the current state. */
  get(field: number): number {
    return this.#fields[field]!;
  }

  /** Writes a field of the successor. */
  put(field: number, value: number): void {
    const word = this.#word[field]!;
    const shift = this.#shift[field]!;
    this.next[word] = (this.next[word]! & ~(this.#mask[field]! << shift)) | (value << shift);
  }

  /** A field of the successor. */
  after(field: number): number {
    return (this.next[this.#word[field]!]! >>> this.#shift[field]!) & this.#mask[field]!;
  }

  nodeOf(thread: number): number {
    return this.get(this.#nodeField[thread]!);
  }
  pinsOf(thread: number): number {
    return this.get(this.#pinField[thread]!);
  }
  isStopped(thread: number): boolean {
    return this.get(this.#stoppedField[thread]!) === 1;
  }
  /** The field of the thread's gate, or −1. */
  gateFieldOf(thread: number): number {
    return this.#gateField[thread]!;
  }
  holderOf(mutex: number): number {
    return this.get(this.#mutexField + mutex) - 1;
  }
  isDone(thread: number): boolean {
    return this.programs[thread]!.opcode[this.nodeOf(thread)] === Opcode.done;
  }

  /** How many picks the thread's pending operation has: more than one only for `choose`. */
  choices(thread: number): number {
    const program = this.programs[thread]!;
    const node = this.nodeOf(thread);
    return program.opcode[node] === Opcode.choose ? program.a[node]! : 1;
  }

  /** Lets a gated thread stop at its safe point, if its gate is being closed by another. */
  halt(thread: number): number {
    this.violations = 0;
    const gateField = this.#gateField[thread]!;
    if (gateField < 0) return Fired.disabled;
    const gate = this.get(gateField);
    if (gate === 0 || gate > this.threads || gate - 1 === thread) return Fired.disabled;
    if (this.isStopped(thread) || this.pinsOf(thread) > 0 || this.isDone(thread)) return Fired.disabled;
    this.next.set(this.current);
    this.put(this.#stoppedField[thread]!, 1);
    if (this.properties.hasSteps) this.#checkSteps();
    return Fired.stepped;
  }

  /**
   * Takes the thread's pending operation, with this choice. `disabled` if it blocks, is done or has stopped; `faulted` if
   * the runtime throws on it (see `fault`); otherwise the successor is in `next` and what it violated in `violated`.
   * Throws `Overflow` when a field is too narrow, and HeddleError when the model itself is at fault.
   */
  fire(thread: number, choice: number): number {
    this.violations = 0;
    const fields = this.#fields;
    // A thread without a gate has no room for the flag, which reads as 0.
    if (fields[this.#stoppedField[thread]!] === 1) {
      // Behind one gate nobody waits for a stopped thread; with two, those who stop the worlds may wait for each other.
      if (this.#gates > 1) this.waiting += 2;
      return Fired.disabled;
    }
    const program = this.programs[thread]!;
    const node = fields[this.#nodeField[thread]!]!;
    const a = program.a[node]!;
    let slot = program.first[node]!;
    switch (program.opcode[node]) {
      case Opcode.done:
        return Fired.disabled;
      // Only initial states hold these: a thread that fails before its first operation.
      case Opcode.fault:
      case Opcode.error:
        return this.#failedAtOnce(program, node);
      case Opcode.load:
        slot += fields[a]!;
        break;
      case Opcode.compound: {
        const compound = program.compounds[node]!;
        const row = this.rowOf(compound);
        const outcome = compound.table.outcome[row]!;
        slot += compound.classes.of[row]!;
        if (outcome < 0) return outcome === blocked ? Fired.disabled : this.#failed(program, node, row, outcome);
        break;
      }
      case Opcode.request:
        if (fields[this.#pinField[thread]!] === this.#mask[this.#pinField[thread]!]) throw new Overflow('pin', thread);
        this.ranks.taken(thread, a - this.#mutexField);
        break;
      case Opcode.lock:
      case Opcode.acquireRequested: {
        const holder = fields[a]! - 1;
        if (holder === thread) return this.faulted('lock', `locks ${this.#mutexName(a)}, which it holds already`);
        if (holder >= 0) {
          this.waiting += this.isStopped(holder) ? 2 : 1;
          return Fired.disabled;
        }
        if (program.opcode[node] === Opcode.lock) this.ranks.taken(thread, a - this.#mutexField);
        break;
      }
      case Opcode.unlock:
        if (fields[a] !== thread + 1) return this.faulted('lock', `unlocks ${this.#mutexName(a)}, which ${this.#nameHolder(a)}`);
        if (this.#gateField[thread]! >= 0 && fields[this.#pinField[thread]!] === 0)
          return this.faulted('lock', 'releases an m that it has not acquired');
        break;
      case Opcode.tryLock:
        if (fields[a] === 0) {
          if (this.#gateField[thread]! >= 0 && fields[this.#pinField[thread]!] === this.#mask[this.#pinField[thread]!])
            throw new Overflow('pin', thread);
          this.ranks.taken(thread, a - this.#mutexField);
          slot++;
        }
        break;
      case Opcode.acquirem:
        if (this.#gateField[thread]! >= 0 && fields[this.#pinField[thread]!] === this.#mask[this.#pinField[thread]!])
          throw new Overflow('pin', thread);
        break;
      case Opcode.releasem:
        if (this.#gateField[thread]! >= 0 && fields[this.#pinField[thread]!] === 0)
          return this.faulted('lock', 'releases an m that it has not acquired');
        break;
      case Opcode.acquire:
        if (program.b[node] === 1)
          return this.faulted('throw', `waits on ${this.system.layout.fields[a]!.name} without a goroutine to park`);
        if (fields[a] === 0) return Fired.disabled;
        break;
      case Opcode.release:
        if (fields[a] === program.b[node]) return this.faulted('throw', `releases ${this.system.layout.fields[a]!.name} above its limit`);
        break;
      case Opcode.requestStop:
        if (this.pinsOf(thread) > 0 || this.#holdsAny(thread))
          return this.faulted(
            'lock',
            `stops ${this.system.layout.fields[a]!.name} while holding a lock (m.locks is ${this.pinsOf(thread)})`,
          );
        if (fields[a] !== 0) return Fired.disabled;
        break;
      case Opcode.completeStop:
        for (let other = 0; other < this.threads; other++)
          if (other !== thread && this.#gateField[other] === a && !this.isStopped(other) && !this.isDone(other)) {
            this.waiting++;
            return Fired.disabled;
          }
        break;
      case Opcode.start:
        if (fields[a] !== 1 + this.threads + thread)
          return this.faulted('throw', `starts ${this.system.layout.fields[a]!.name}, which it did not stop`);
        break;
      case Opcode.choose:
        slot += choice;
        break;
      default:
    }
    this.slot = slot;
    if (program.plainly[slot] === 1) {
      this.#apply(this.current, this.next, program.keep, program.set, program.add, program.masks[slot]! * this.next.length);
      return Fired.stepped;
    }
    return this.#carefully(thread, program, node, slot);
  }

  /** The rest of `fire` for steps that more hangs on than the packed words, and for those taken for the first time. */
  #carefully(thread: number, program: Program, node: number, slot: number): number {
    let target = program.target[slot]!;
    if (target < 0) target = program.resolve(node, slot);
    if (target > this.#mask[this.#nodeField[thread]!]!) throw new Overflow('node', thread);
    this.#apply(this.current, this.next, program.keep, program.set, program.add, program.masks[slot]! * this.next.length);
    if (program.opcode[target]! <= Opcode.error && !this.aftermath.arrive(thread, program, target)) return Fired.faulted;
    if (program.marked[node] === 1) this.aftermath.beside(thread, program.extras[node]!, node, program.resultOf(node, slot));
    if (this.properties.hasSteps) this.#checkSteps();
    else if (program.opcode[target]! > Opcode.error && program.marked[node] === 0) program.plainly[slot] = 1;
    return Fired.stepped;
  }

  /** A compound step met a row that the runtime throws on, or that leaves a domain. */
  #failed(program: Program, node: number, row: number, outcome: number): number {
    const message = program.compounds[node]!.table.messages.get(row) ?? '';
    if (outcome === faulty) return this.faulted('throw', message);
    throw new HeddleError('value-outside-domain', message, { site: this.#siteOf(program, node) });
  }

  /** The result code of the last step that `fire` took. */
  resultOf(thread: number): number {
    return this.programs[thread]!.resultOf(this.nodeOf(thread), this.slot);
  }

  #siteOf(program: Program, node: number): Site | undefined {
    const { pending } = program.learner.states[node]!;
    return pending.kind === 'operation' ? pending.operation.site : undefined;
  }

  /** What a thread does that can't even begin. */
  #failedAtOnce(program: Program, node: number): number {
    const { pending } = program.learner.states[node]!;
    if (pending.kind === 'error') throw pending.error;
    return this.faulted('throw', pending.kind === 'fault' ? pending.message : '');
  }

  /** Takes down a fault; the answer of `fire`. */
  faulted(category: Fault['category'], says: string): number {
    this.fault = { category, says };
    return Fired.faulted;
  }

  #mutexName(field: number): string {
    return this.system.layout.fields[field]!.name;
  }

  #nameHolder(field: number): string {
    const holder = this.get(field) - 1;
    return holder < 0 ? 'nobody holds' : `${this.system.scenario.threads[holder]!.name} holds`;
  }

  #holdsAny(thread: number): boolean {
    for (let mutex = 0; mutex < this.system.mutexes.length; mutex++) if (this.holderOf(mutex) === thread) return true;
    return false;
  }

  /** Takes down that the step being taken breaks a guarantee. */
  violate(guarantee: number, says: string): void {
    this.violated[this.violations] = guarantee;
    this.says[this.violations++] = says;
  }

  /** The row of a table that the current values of some fields stand for. */
  rowOf({ fields, radices }: { readonly fields: Int32Array; readonly radices: Int32Array }): number {
    let row = 0;
    for (let k = 0; k < fields.length; k++) row += this.get(fields[k]!) * radices[k]!;
    return row;
  }

  #checkSteps(): void {
    for (let k = 0; k < this.system.stepProperties.length; k++) {
      if (this.properties.stepHolds(k, this.current, this.next)) continue;
      this.violate(this.system.stepProperties[k]!.guarantee, '');
    }
  }

  /** What is wrong with the current state by wait-for cycles, or undefined. Ask after all threads were fired, if `waiting`. */
  waitForCycle(): string | undefined {
    return this.waitFor.cycle();
  }

  /** What is wrong with the current state if no transition is enabled in it, or undefined. */
  deadlock(): string | undefined {
    return this.waitFor.terminal();
  }
}
