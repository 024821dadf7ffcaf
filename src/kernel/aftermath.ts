import type { Watched } from '../property/property.ts';
import type { Kernel } from './kernel.ts';
import { violatedState } from './monitor-table.ts';
import type { Extra, Program } from './program.ts';
import { rowsOver, type Rows } from './rows.ts';
import { Overflow } from './system.ts';

/** A monitor that looks at states: the values that it reads, and its events by their codes together. */
export interface Settling extends Rows {
  readonly guarantee: number;
  /** Its events that are known so far, by row; −1 where the monitor does not react. */
  readonly events: Map<number, number>;
  /** The variables whose assignments it sees, or that it looks at. */
  readonly concern: ReadonlySet<string>;
}

/** What hangs on few steps beside the packed words: ends of threads, ghosts, and monitors. */
export class Aftermath {
  readonly #kernel: Kernel;
  /** Events of assignments to watched variables, by thread and variable, then by codes; see `#assignment`. */
  readonly #assignments = new Map<number, Map<number, Int32Array>>();
  /** Told of the events of an assignment, as pairs of guarantee and event, when they are found for the first time. */
  onAssignment: ((thread: number, value: number, change: number, events: Int32Array) => void) | undefined;

  /** Told of what a state means to a monitor that looks at it, by row, when it is found for the first time. */
  onSettled: ((settling: Settling, row: number, event: number) => void) | undefined;

  /** The monitors that look at states. */
  readonly #settling: readonly Settling[];

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
    const { system } = kernel;
    this.#settling = system.monitors.flatMap((table, guarantee) => {
      const reaction = table?.monitor.reactions.find(({ pattern }) => pattern.kind === 'settles');
      if (table === undefined || reaction === undefined) return [];
      // The pattern was made from handles of values; the system has looked for them among its own.
      const handles = (reaction.pattern.handles ?? []) as readonly Watched[];
      const seen = table.monitor.reactions.filter(({ pattern }) => pattern.handle !== undefined).map(({ pattern }) => pattern.subject);
      const concern = new Set([...seen, ...handles.map(({ name }) => name)]);
      const rows = rowsOver(system, handles, `the property ${table.name}`, table.monitor.site);
      return [{ ...rows, guarantee, events: new Map<number, number>(), concern }];
    });
  }

  /** The thread has arrived where it asks for nothing: false, with a fault, if that is wrong; throws if the model is. */
  arrive(thread: number, program: Program, node: number): boolean {
    const kernel = this.#kernel;
    const { system } = kernel;
    const { pending } = program.learner.states[node]!;
    if (pending.kind === 'error') throw pending.error;
    if (pending.kind === 'fault') {
      kernel.faulted('throw', pending.message);
      return false;
    }
    for (let mutex = 0; mutex < system.mutexes.length; mutex++)
      if (kernel.after(system.mutexField(mutex)) === thread + 1) {
        kernel.faulted('lock', `exits holding ${system.mutexes[mutex]!.name}`);
        return false;
      }
    if (kernel.after(system.pinField(thread)) > 0) {
      kernel.faulted('lock', `exits with m.locks at ${kernel.after(system.pinField(thread))}`);
      return false;
    }
    for (let gate = 0; gate < system.gates.length; gate++) {
      const value = kernel.after(system.gateField(gate));
      if (value === 1 + thread || value === 1 + kernel.threads + thread) {
        kernel.faulted('throw', `exits with ${system.gates[gate]!.name} stopped`);
        return false;
      }
    }
    return true;
  }

  /** Ghosts and monitors. */
  beside(thread: number, extra: Extra, node: number, result: number): void {
    const kernel = this.#kernel;
    for (const ghost of extra.ghosts) {
      let row = 0;
      for (let k = 0; k < ghost.fields.length; k++) row += kernel.get(ghost.fields[k]!) * ghost.radices[k]!;
      const code = ghost.next[result * ghost.rows + row]!;
      if (code < 0) throw ghost.error(row);
      kernel.put(kernel.system.valueField(ghost.target), code);
    }
    const { events } = extra;
    if (events !== undefined)
      for (let guarantee = 0; guarantee < events.length; guarantee++)
        if (events[guarantee]! >= 0) this.#notify(guarantee, events[guarantee]!);
    for (const value of extra.watched) this.#assigned(thread, node, value);
    for (const settling of this.#settling) this.#settled(settling);
  }

  /** The monitors that must look at the state that a step with this beside it leaves: to the others it leaves what they look at, and remember. */
  lookingAfter({ events, watched }: Extra): readonly Settling[] {
    const { values } = this.#kernel.system;
    return this.#settling.filter(
      ({ guarantee, concern }) => (events?.[guarantee] ?? -1) >= 0 || watched.some((value) => concern.has(values[value]!.name)),
    );
  }

  /** Shows a monitor the values that the step leaves. Steps that nothing is beside leave them, and what it remembers, as they are. */
  #settled(settling: Settling): void {
    const { guarantee, handles, fields, radices, events } = settling;
    const kernel = this.#kernel;
    let row = 0;
    for (let k = 0; k < fields.length; k++) row += kernel.after(fields[k]!) * radices[k]!;
    let event = events.get(row);
    if (event === undefined) {
      const values = handles.map(({ domain }, k) => domain.decode(kernel.after(fields[k]!)));
      const handle = handles.map(({ name }) => name).join(', ');
      event = kernel.system.monitors[guarantee]!.eventOf({ kind: 'settles', thread: '', handle, values });
      events.set(row, event);
      this.onSettled?.(settling, row, event);
    }
    if (event >= 0) this.#notify(guarantee, event);
  }

  /** Shows the monitors that a watched variable was assigned. */
  #assigned(thread: number, node: number, value: number): void {
    const kernel = this.#kernel;
    const program = kernel.programs[thread]!;
    const compound = program.compounds[node];
    const ghostWritten = program.extras[node]!.ghosts.some(({ target }) => target === value);
    if (compound !== undefined && !ghostWritten && compound.table.writes[kernel.rowOf(compound)] === 0) return;
    const field = kernel.system.valueField(value);
    const from = kernel.get(field);
    const to = kernel.after(field);
    // Two levels, because one number for all four could pass what a double holds exactly.
    const place = thread * kernel.system.values.length + value;
    let known = this.#assignments.get(place);
    if (known === undefined) this.#assignments.set(place, (known = new Map()));
    const change = from * kernel.system.values[value]!.domain.size + to;
    let events = known.get(change);
    if (events === undefined) {
      known.set(change, (events = this.#assignment(thread, value, from, to)));
      this.onAssignment?.(thread, value, change, events);
    }
    for (let k = 0; k < events.length; k += 2) this.#notify(events[k]!, events[k + 1]!);
  }

  /** The events of the thread's assignments to a variable that are known so far, by old code × domain size + new code. */
  assignmentsOf(thread: number, value: number): ReadonlyMap<number, Int32Array> {
    return this.#assignments.get(thread * this.#kernel.system.values.length + value) ?? new Map();
  }

  /** The monitors that an assignment of codes concerns, and the numbers of its events there, in pairs. */
  #assignment(thread: number, value: number, from: number, to: number): Int32Array {
    const kernel = this.#kernel;
    const { name, domain } = kernel.system.values[value]!;
    const event = { thread: kernel.system.scenario.threads[thread]!.name, handle: name, from: domain.decode(from), to: domain.decode(to) };
    const pairs: number[] = [];
    kernel.system.monitors.forEach((monitor, guarantee) => {
      const written = monitor?.eventOf({ kind: 'writes', ...event }) ?? -1;
      if (written >= 0) pairs.push(guarantee, written);
      const changed = from === to ? -1 : (monitor?.eventOf({ kind: 'changes', ...event }) ?? -1);
      if (changed >= 0) pairs.push(guarantee, changed);
    });
    return Int32Array.from(pairs);
  }

  #notify(guarantee: number, event: number): void {
    const kernel = this.#kernel;
    const monitor = kernel.system.monitors[guarantee]!;
    const field = kernel.system.monitorField(guarantee);
    const state = kernel.after(field);
    const code = monitor.next(state, event);
    if (code > kernel.system.layout.mask[field]!) throw new Overflow('monitor', guarantee);
    kernel.put(field, code);
    if (code === violatedState && state !== violatedState) kernel.violate(guarantee, monitor.says(state, event));
  }
}
