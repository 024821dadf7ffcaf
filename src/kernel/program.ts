import { compoundTable, type CompoundTable } from '../automaton/compound-table.ts';
import type { LocalState, Pending } from '../automaton/local-state.ts';
import { resultCount } from '../automaton/result.ts';
import type { RowClasses } from '../automaton/row-classes.ts';
import type { GhostWrite, Operation } from '../model/operation.ts';
import type { Thread } from '../model/protocol.ts';
import { effectOf } from './effect.ts';
import { ghostTable, type GhostTable } from './ghost-table.ts';
import { Opcode } from './opcode.ts';
import type { Automaton } from '../automaton/automata.ts';
import type { System } from './system.ts';

/** What a compound instruction needs beside its table: which rows share a slot, the field of each handle and its place in the row number. */
export interface CompoundCode {
  readonly table: CompoundTable;
  readonly classes: RowClasses;
  readonly fields: Int32Array;
  readonly radices: Int32Array;
  /** Numbers of the variables that some row writes, or none does. */
  readonly assigned: readonly number[];
}

/** What few instructions have: ghosts to write, an event to show, watched variables that they may assign. */
export interface Extra {
  readonly ghosts: readonly GhostTable[];
  /** Event numbers by guarantee, −1 where its monitor doesn't react; undefined if the step is no event. */
  readonly events: Int32Array | undefined;
  /** Watched variables that the step may assign. */
  readonly watched: readonly number[];
}

/**
 * A thread's automaton as arrays of numbers, extended as the learner finds more.
 *
 * Each local state has a row of *slots*, one for each way its operation can go (a result; for compound steps, a class of
 * rows that do the same). What a step does to the packed words is the same whenever it takes that slot, so a slot has three
 * masks a word: next = ((current & keep) | set) + add. Firing an operation is then a guard, a slot number and those masks.
 */
export class Program {
  readonly learner: Automaton;
  readonly #system: System;
  readonly #thread: number;
  /** How many local states have been translated. */
  length = 0;
  /** By local state. */
  opcode = new Uint8Array(64);
  /** First operand: the field of the handle, or a number of choices. */
  a = new Int32Array(64);
  /** Second operand: a code to store, a semaphore's limit, or whether it can't be acquired here. */
  b = new Int32Array(64);
  /** Whether there is an `Extra`. */
  marked = new Uint8Array(64);
  /** The first slot. */
  first = new Int32Array(64);
  compounds: (CompoundCode | undefined)[] = [];
  readonly #codes = new Map<CompoundTable, CompoundCode>();
  extras: (Extra | undefined)[] = [];
  /** By slot: the local state that it leads to, or −1 while that is not learned. */
  target = new Int32Array(64);
  /** By slot: whether a step by it is its masks and nothing else: no ghost, event, assertion or exit hangs on it. */
  plainly = new Uint8Array(64);
  /** By slot: the number of its masks, once it has been taken. */
  masks = new Int32Array(64);
  /** By number of masks and word. */
  keep = new Int32Array(64);
  set = new Int32Array(64);
  add = new Int32Array(64);
  /** How many slots there are. */
  slots = 0;
  /** How many slots have masks. */
  #taken = 0;

  constructor(system: System, thread: number) {
    this.#system = system;
    this.#thread = thread;
    this.learner = system.learners[thread]!;
    this.extend();
  }

  /** Forgets the masks, because the system's layout has changed; all else stays. */
  relay(): void {
    this.#taken = 0;
    this.target.fill(-1);
    this.plainly.fill(0);
    this.keep = new Int32Array(64);
    this.set = new Int32Array(64);
    this.add = new Int32Array(64);
  }

  /** Translates the local states that the learner has found since. */
  extend(): void {
    const { states } = this.learner;
    if (states.length > this.opcode.length) {
      const size = Math.max(states.length, this.opcode.length * 2);
      this.opcode = bytes(this.opcode, size);
      this.marked = bytes(this.marked, size);
      this.a = words(this.a, size);
      this.b = words(this.b, size);
      this.first = words(this.first, size);
    }
    for (; this.length < states.length; this.length++) this.#translate(states[this.length]!);
  }

  /** Learns where a slot leads to and what it does to the words. Returns the local state. */
  resolve(node: number, slot: number): number {
    const code = this.resultOf(node, slot);
    const target = this.learner.next(node, code);
    this.extend();
    const { layout } = this.#system;
    const offset = this.#taken * layout.words;
    this.masks[slot] = this.#taken++;
    if (this.keep.length < offset + layout.words) {
      const wide = Math.max(this.keep.length * 2, offset + layout.words);
      this.keep = words(this.keep, wide);
      this.set = words(this.set, wide);
      this.add = words(this.add, wide);
    }
    for (let k = 0; k < layout.words; k++) this.keep[offset + k] = -1;
    const assign = (field: number, value: number): void => {
      const word = offset + layout.word[field]!;
      const shift = layout.shift[field]!;
      this.keep[word] = this.keep[word]! & ~(layout.mask[field]! << shift);
      this.set[word] = (this.set[word]! & ~(layout.mask[field]! << shift)) | (value << shift);
    };
    const increase = (field: number, by: number): void => {
      const word = offset + layout.word[field]!;
      this.add[word] = (this.add[word]! + (by << layout.shift[field]!)) | 0;
    };
    // A target that the field can't hold is never taken: the kernel reports the overflow first.
    if (target <= layout.mask[this.#system.nodeField(this.#thread)]!) assign(this.#system.nodeField(this.#thread), target);
    effectOf(this.#system, this.#thread, this, node, slot - this.first[node]!, assign, increase);
    this.target[slot] = target;
    return target;
  }

  /** The result code that a slot of a local state stands for. */
  resultOf(node: number, slot: number): number {
    const index = slot - this.first[node]!;
    const compound = this.compounds[node];
    return compound === undefined ? index : compound.table.outcome[compound.classes.first[index]!]!;
  }

  #translate(state: LocalState): void {
    const { id, pending } = state;
    this.#operand(id, pending);
    // A compound step has a slot for each class of rows, any other operation one for each result.
    const slots = this.compounds[id]?.classes.first.length ?? Math.max(1, resultCount(pending));
    this.first[id] = this.slots;
    this.slots += slots;
    const size = this.target.length;
    if (this.slots > size) {
      this.target = words(this.target, Math.max(this.slots, size * 2));
      this.masks = words(this.masks, this.target.length);
      this.plainly = bytes(this.plainly, this.target.length);
    }
    this.target.fill(-1, this.first[id], this.slots);
  }

  #operand(id: number, pending: Pending): void {
    switch (pending.kind) {
      case 'done':
        this.opcode[id] = Opcode.done;
        return;
      case 'fault':
        this.opcode[id] = Opcode.fault;
        return;
      case 'error':
        this.opcode[id] = Opcode.error;
        return;
      case 'enters':
      case 'returns': {
        this.opcode[id] = Opcode.event;
        const { name } = this.#spec;
        const monitors = this.#system.monitors;
        const event =
          pending.kind === 'enters'
            ? { kind: 'enters' as const, thread: name, routine: pending.routine, parameters: pending.parameters }
            : { kind: 'returns' as const, thread: name, routine: pending.routine, parameters: pending.parameters, value: pending.value };
        this.#mark(
          id,
          [],
          Int32Array.from(monitors, (monitor) => monitor?.eventOf(event) ?? -1),
          [],
        );
        return;
      }
      case 'operation':
        this.#operation(id, pending.operation, pending.phase, resultCount(pending));
    }
  }

  get #spec(): Thread {
    return this.#system.scenario.threads[this.#thread]!;
  }

  #operation(id: number, operation: Operation, phase: 'whole' | 'request' | 'complete', results: number): void {
    const system = this.#system;
    const where = `thread ${this.#spec.name}`;
    let assigned: readonly number[] = [];
    switch (operation.kind) {
      case 'load':
        this.#instruct(id, Opcode.load, system.valueField(system.numberOf(operation.handle, where)));
        break;
      case 'store':
        assigned = [system.numberOf(operation.handle, where)];
        this.#instruct(id, Opcode.store, system.valueField(assigned[0]!), operation.handle.domain.encode(operation.value));
        break;
      case 'swap':
      case 'compareAndSwap':
      case 'fetchAdd':
      case 'waitUntil':
      case 'atomically': {
        const code = this.#codeOf(compoundTable(operation), where);
        this.#instruct(id, Opcode.compound, 0);
        this.compounds[id] = code;
        assigned = code.assigned;
        break;
      }
      case 'lock':
        this.#instruct(
          id,
          phase === 'request' ? Opcode.request : phase === 'complete' ? Opcode.acquireRequested : Opcode.lock,
          system.mutexField(system.numberOf(operation.mutex, where)),
        );
        break;
      case 'unlock':
        this.#instruct(id, Opcode.unlock, system.mutexField(system.numberOf(operation.mutex, where)));
        break;
      case 'tryLock':
        this.#instruct(id, Opcode.tryLock, system.mutexField(system.numberOf(operation.mutex, where)));
        break;
      case 'acquirem':
        this.#instruct(id, Opcode.acquirem, 0);
        break;
      case 'releasem':
        this.#instruct(id, Opcode.releasem, 0);
        break;
      case 'acquire': {
        const { onlyBehind } = operation.semaphore;
        this.#instruct(
          id,
          Opcode.acquire,
          system.semaphoreField(system.numberOf(operation.semaphore, where)),
          onlyBehind !== undefined && onlyBehind !== this.#spec.gate ? 1 : 0,
        );
        break;
      }
      case 'release':
        this.#instruct(id, Opcode.release, system.semaphoreField(system.numberOf(operation.semaphore, where)), operation.semaphore.limit);
        break;
      case 'stop':
        this.#instruct(
          id,
          phase === 'request' ? Opcode.requestStop : Opcode.completeStop,
          system.gateField(system.numberOf(operation.gate, where)),
        );
        break;
      case 'start':
        this.#instruct(id, Opcode.start, system.gateField(system.numberOf(operation.gate, where)));
        break;
      case 'choose':
        this.#instruct(id, Opcode.choose, operation.values.length);
        break;
      case 'emit':
        this.#instruct(id, Opcode.event, 0);
        break;
    }
    // A request only announces the operation: what is written beside it is written when it is done.
    const ghosts = phase === 'request' ? [] : operation.ghosts.map((write: GhostWrite) => ghostTable(write, operation, results, system));
    const event =
      operation.kind === 'emit'
        ? Int32Array.from(
            system.monitors,
            (monitor) => monitor?.eventOf({ kind: 'emits', thread: this.#spec.name, event: operation.event, data: operation.data }) ?? -1,
          )
        : undefined;
    const ghostTargets = ghosts.map(({ target }) => target);
    this.#mark(
      id,
      ghosts,
      event,
      [...assigned, ...ghostTargets].filter((value) => system.watched.has(system.values[value]!.name)),
    );
  }

  /** Operations that do the same share a table, and so what is made of it. */
  #codeOf(table: CompoundTable, where: string): CompoundCode {
    let code = this.#codes.get(table);
    if (code === undefined) {
      const numbers = table.handles.map((handle) => this.#system.numberOf(handle, where));
      let radix = 1;
      const radices = Int32Array.from(table.handles.map(({ domain }) => (radix *= domain.size) / domain.size));
      const fields = Int32Array.from(numbers.map(this.#system.valueField));
      const assigned = table.writes.includes(1) ? numbers : [];
      this.#codes.set(table, (code = { table, classes: this.#system.rowClasses(table), fields, radices, assigned }));
    }
    return code;
  }

  #instruct(id: number, opcode: number, a: number, b = 0): void {
    this.opcode[id] = opcode;
    this.a[id] = a;
    this.b[id] = b;
  }

  #mark(id: number, ghosts: readonly GhostTable[], events: Int32Array | undefined, watched: readonly number[]): void {
    if (ghosts.length === 0 && (events === undefined || events.every((event) => event < 0)) && watched.length === 0) return;
    this.marked[id] = 1;
    this.extras[id] = { ghosts, events, watched };
  }
}

function words(array: Int32Array, size: number): Int32Array<ArrayBuffer> {
  const longer = new Int32Array(size);
  longer.set(array);
  return longer;
}

function bytes(array: Uint8Array, size: number): Uint8Array<ArrayBuffer> {
  const longer = new Uint8Array(size);
  longer.set(array);
  return longer;
}
