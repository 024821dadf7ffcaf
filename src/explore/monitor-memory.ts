import { getHeapStatistics } from 'node:v8';
import type { System } from '../kernel/system.ts';
import type { Crowd } from './verdict.ts';

/** A search that gave up another keeps that one's monitors beside its own; the rest of the heap is for everything else. */
const partOfHeap = 1 / 4;
/** States that are expanded, or steps of the kernel, between two looks at whether there is room: each may add a state to a monitor. */
export const betweenLooks = 64;
/** What takes less than this part of what there was is not what the budget ran out for. */
const worthTelling = 1 / 4;

/**
 * What the states of a system's monitors take of a search's budget. They lie in the heap, which ends the process when it is full,
 * and a monitor that never forgets has more of them than any heap holds.
 */
export class MonitorMemory {
  readonly #system: System;
  readonly #budget: number;
  readonly #most: number;

  /** @param budget bytes for visited states and all this together */
  constructor(system: System, budget: number) {
    this.#system = system;
    this.#budget = budget;
    const remembers = system.monitors.some((monitor) => monitor !== undefined);
    this.#most = remembers ? Math.min(budget, getHeapStatistics().heap_size_limit * partOfHeap) : budget;
  }

  /** Bytes taken, about. */
  get bytes(): number {
    let sum = 0;
    for (const monitor of this.#system.monitors) if (monitor !== undefined) sum += monitor.bytes;
    return sum;
  }

  /** Whether there is no more room, beside so many bytes of visited states. */
  isFull(beside: number): boolean {
    const { bytes } = this;
    return bytes > this.#most || (bytes > 0 && bytes + beside > this.#budget);
  }

  /** The monitor that takes most, if the budget ran out for it. */
  get crowd(): Crowd | undefined {
    const [most] = this.#system.monitors.filter((monitor) => monitor !== undefined).toSorted((one, other) => other.bytes - one.bytes);
    return most === undefined || most.bytes < this.#most * worthTelling
      ? undefined
      : { guarantee: most.name, states: most.states.length - 1, bytes: most.bytes, alone: this.bytes > this.#most };
  }
}
