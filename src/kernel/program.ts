import { compoundTable, type CompoundTable } from '../automaton/compound-table.ts';
import type { LocalState } from '../automaton/local-state.ts';
import { resultCount } from '../automaton/result.ts';
import type { GhostWrite, Operation } from '../model/operation.ts';
import type { Thread } from '../model/protocol.ts';
import { ghostTable, type GhostTable } from './ghost-table.ts';
import type { Automaton, System } from './system.ts';

/** What an instruction does; plain numbers, because the kernel switches on them for every transition. */
export const Opcode = {
  done: 0,
  fault: 1,
  error: 2,
  load: 3,
  store: 4,
  compound: 5,
  request: 6,
  lock: 7,
  acquireRequested: 8,
  unlock: 9,
  tryLock: 10,
  acquirem: 11,
  releasem: 12,
  acquire: 13,
  release: 14,
  requestStop: 15,
  completeStop: 16,
  start: 17,
  choose: 18,
  event: 19,
} as const;

/** What a compound instruction needs beside its table: the field of each handle and its place in the row number. */
export interface CompoundCode {
  readonly table: CompoundTable;
  readonly fields: Int32Array;
  readonly radices: Int32Array;
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
 * A thread's automaton as arrays of numbers, indexed by local state and extended as the learner finds more.
 */
export class Program {
  readonly learner: Automaton;
  readonly #system: System;
  readonly #thread: number;
  /** How many local states have been translated. */
  length = 0;
  opcode = new Uint8Array(64);
  /** First operand: a field, or a number of choices. */
  a = new Int32Array(64);
  /** Second operand: a code to store, or whether the semaphore can't be acquired here. */
  b = new Int32Array(64);
  /** Whether there is an `Extra`. */
  marked = new Uint8Array(64);
  compounds: (CompoundCode | undefined)[] = [];
  extras: (Extra | undefined)[] = [];
  /** The learner's own successor arrays, by local state. */
  successors: Int32Array[] = [];

  constructor(system: System, thread: number) {
    this.#system = system;
    this.#thread = thread;
    this.learner = system.learners[thread]!;
    this.extend();
  }

  /** Translates the local states that the learner has found since. */
  extend(): void {
    const { states } = this.learner;
    if (states.length > this.opcode.length) {
      const size = Math.max(states.length, this.opcode.length * 2);
      const longer = new Uint8Array(size);
      longer.set(this.opcode);
      this.opcode = longer;
      this.a = copied(this.a, size);
      this.b = copied(this.b, size);
      const marked = new Uint8Array(size);
      marked.set(this.marked);
      this.marked = marked;
    }
    for (; this.length < states.length; this.length++) this.#translate(states[this.length]!);
  }

  #translate(state: LocalState): void {
    const { id, pending } = state;
    this.successors[id] = state.successors;
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
        this.#set(id, Opcode.load, system.valueField(system.numberOf(operation.handle, where)));
        break;
      case 'store':
        assigned = [system.numberOf(operation.handle, where)];
        this.#set(id, Opcode.store, system.valueField(assigned[0]!), operation.handle.domain.encode(operation.value));
        break;
      case 'swap':
      case 'compareAndSwap':
      case 'fetchAdd':
      case 'waitUntil':
      case 'atomically': {
        const table = compoundTable(operation);
        const numbers = table.handles.map((handle) => system.numberOf(handle, where));
        let radix = 1;
        const radices = table.handles.map(({ domain }) => (radix *= domain.size) / domain.size);
        this.#set(id, Opcode.compound, 0);
        this.compounds[id] = { table, fields: Int32Array.from(numbers, system.valueField), radices: Int32Array.from(radices) };
        if (table.writes.includes(1)) assigned = numbers;
        break;
      }
      case 'lock':
        this.#set(
          id,
          phase === 'request' ? Opcode.request : phase === 'complete' ? Opcode.acquireRequested : Opcode.lock,
          system.numberOf(operation.mutex, where),
        );
        break;
      case 'unlock':
        this.#set(id, Opcode.unlock, system.numberOf(operation.mutex, where));
        break;
      case 'tryLock':
        this.#set(id, Opcode.tryLock, system.numberOf(operation.mutex, where));
        break;
      case 'acquirem':
        this.#set(id, Opcode.acquirem, 0);
        break;
      case 'releasem':
        this.#set(id, Opcode.releasem, 0);
        break;
      case 'acquire': {
        const { onlyBehind } = operation.semaphore;
        this.#set(
          id,
          Opcode.acquire,
          system.numberOf(operation.semaphore, where),
          onlyBehind !== undefined && onlyBehind !== this.#spec.gate ? 1 : 0,
        );
        break;
      }
      case 'release':
        this.#set(id, Opcode.release, system.numberOf(operation.semaphore, where), operation.semaphore.limit);
        break;
      case 'stop':
        this.#set(id, phase === 'request' ? Opcode.requestStop : Opcode.completeStop, system.numberOf(operation.gate, where));
        break;
      case 'start':
        this.#set(id, Opcode.start, system.numberOf(operation.gate, where));
        break;
      case 'choose':
        this.#set(id, Opcode.choose, operation.values.length);
        break;
      case 'emit':
        this.#set(id, Opcode.event, 0);
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

  #set(id: number, opcode: number, a: number, b = 0): void {
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

function copied(array: Int32Array, size: number): Int32Array<ArrayBuffer> {
  const longer = new Int32Array(size);
  longer.set(array);
  return longer;
}
