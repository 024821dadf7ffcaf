import type { Settling } from './aftermath.ts';
import type { Kernel } from './kernel.ts';
import { fieldWords } from './loop-fields.ts';
import type { Loop } from './loop.ts';

/** Instead of an event's address: the monitor does not react. */
const noEvent = 1;

/**
 * What monitors have answered, as the inner loop reads it (src/loop/step.ts): their next states by event, and the events that
 * assignments and states show them. Extended as they answer; what is not there yet is left to the kernel.
 */
export class LoopMonitors {
  readonly #kernel: Kernel;
  readonly #loop: Loop;
  readonly #none: number;
  /** Addresses of the rows of monitors' answers, by guarantee and event. */
  readonly #rows = new Map<number, Map<number, number>>();
  /** Addresses of the tables of assignments, by thread and variable. */
  readonly #changes = new Map<string, number>();
  /** Addresses of the tables of what states mean to monitors, by guarantee. */
  readonly #settlings = new Map<number, number>();

  /** @param none the address of a word that is 0: a table that holds no answers */
  constructor(kernel: Kernel, loop: Loop, none: number) {
    this.#kernel = kernel;
    this.#loop = loop;
    this.#none = none;
  }

  /** From now on, takes down what the kernel's monitors answer. */
  listen(): void {
    const { system, aftermath } = this.#kernel;
    system.monitors.forEach((monitor, guarantee) => {
      if (monitor !== undefined) monitor.onLearned = (event, state, code) => this.#answered(guarantee, event, state, code);
    });
    aftermath.onSettled = (settling, row, event) => this.#settled(settling, row, event);
    aftermath.onAssignment = (thread, value, change, events) => this.#assigned(thread, value, change, events);
  }

  /** A monitor's field, and where its answers to an event are. */
  event(guarantee: number, event: number): readonly number[] {
    return [...fieldWords(this.#kernel.system.layout, this.#kernel.system.monitorField(guarantee)), this.#rowOf(guarantee, event)];
  }

  #rowOf(guarantee: number, event: number): number {
    let rows = this.#rows.get(guarantee);
    if (rows === undefined) this.#rows.set(guarantee, (rows = new Map()));
    let row = rows.get(event);
    if (row === undefined) {
      rows.set(event, (row = this.#loop.place([this.#none])));
      // A system outlives a search: what its monitors have answered before is known.
      this.#kernel.system.monitors[guarantee]!.answers(event).forEach((code, state) => {
        if (code >= 0) this.#answered(guarantee, event, state, code);
      });
    }
    return row;
  }

  /** A monitor has answered: keeps it where the loop looks. */
  #answered(guarantee: number, event: number, state: number, code: number): void {
    const row = this.#rows.get(guarantee)?.get(event);
    // No step of the loop's tables shows the event.
    if (row === undefined) return;
    const loop = this.#loop;
    const old = loop.words[row >>> 2]! >>> 2;
    const count = loop.words[old]!;
    if (state < count) {
      loop.words[old + 1 + state] = code;
      return;
    }
    const longer = Math.max(state + 1, count * 2, 16);
    const at = loop.allocate((1 + longer) * 4);
    const { words } = loop;
    const to = at >>> 2;
    words[to] = longer;
    words.copyWithin(to + 1, old + 1, old + 1 + count);
    words.fill(-1, to + 1 + count, to + 1 + longer);
    words[to + 1 + state] = code;
    loop.publish(row >>> 2, at);
  }

  /** Where the monitors' events are that a thread's assignments to a variable show, by old and new value. */
  changesOf(thread: number, value: number, size: number): number {
    const place = `${thread} ${value}`;
    let at = this.#changes.get(place);
    if (at === undefined) {
      this.#changes.set(place, (at = this.#loop.allocate(size * size * 4)));
      for (const [change, events] of this.#kernel.aftermath.assignmentsOf(thread, value)) this.#assigned(thread, value, change, events);
    }
    return at;
  }

  /** Where a monitor's events are that states mean to it, by row. */
  settlingOf(settling: Settling): number {
    let at = this.#settlings.get(settling.guarantee);
    if (at === undefined) {
      this.#settlings.set(settling.guarantee, (at = this.#loop.allocate(settling.rows * 4)));
      for (const [row, event] of settling.events) this.#settled(settling, row, event);
    }
    return at;
  }

  #settled({ guarantee }: Settling, row: number, event: number): void {
    const at = this.#settlings.get(guarantee);
    if (at === undefined) return;
    this.#loop.publish((at >>> 2) + row, event < 0 ? noEvent : this.#loop.place(this.event(guarantee, event)));
  }

  #assigned(thread: number, value: number, change: number, events: Int32Array): void {
    const at = this.#changes.get(`${thread} ${value}`);
    if (at === undefined) return;
    const list: number[] = [events.length / 2];
    for (let k = 0; k < events.length; k += 2) list.push(...this.event(events[k]!, events[k + 1]!));
    this.#loop.publish((at >>> 2) + change, this.#loop.place(list));
  }
}
