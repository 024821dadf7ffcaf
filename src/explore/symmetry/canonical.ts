import { Overflow, type System } from '../../kernel/system.ts';
import { leastOf, type Places } from './least.ts';
import type { Images } from './images.ts';
import type { MonitorImages } from './monitor-images.ts';
import type { Group, Renaming } from './renaming.ts';

/**
 * One state for each orbit: the least, field by field, of all that the renamings of a group make of a state. The threads'
 * local states are compared first, which tells most renamings apart at once.
 */
export class Canonical {
  protected readonly system: System;
  /** What the elements make of a packed state. */
  readonly places: Places;
  /**
   * Puts the least state of its orbit in the place of a packed state, which begins at `from`. The answer is the number of the element that made it.
   * Throws `Overflow` where the state of a monitor, or a local state that was just learned, does not fit its field.
   */
  readonly canonical: (state: Int32Array, from: number) => number;

  /**
   * @param monitors by guarantee; undefined where it is not a monitor
   * @param nodes by thread, where threads are still learned; else the group tells
   */
  constructor(system: System, group: Group, monitors: readonly (MonitorImages | undefined)[], nodes: readonly Images[] = []) {
    this.system = system;
    const { threads } = system.scenario;
    const each = (field: (thread: number) => number): number[] => threads.map((_, thread) => field(thread));
    const all = [
      ...each(system.nodeField),
      ...each(system.pinField),
      ...each(system.stoppedField),
      ...system.mutexes.map((_, mutex) => system.mutexField(mutex)),
      ...system.semaphores.map((_, semaphore) => system.semaphoreField(semaphore)),
      ...system.gates.map((_, gate) => system.gateField(gate)),
      ...system.values.map((_, value) => system.valueField(value)),
      ...system.guarantees.map((_, guarantee) => system.monitorField(guarantee)),
    ];
    const sources = group.elements.map((element) => this.sources(element));
    const maps = group.elements.map((element) => this.maps(element));
    const growing = new Map<number, Images | undefined>([
      ...monitors.map((monitor, guarantee) => [system.monitorField(guarantee), monitor] as const),
      ...nodes.map((images, thread) => [system.nodeField(thread), images] as const),
    ]);
    const fields = all.filter(
      (field) =>
        growing.get(field) !== undefined ||
        group.elements.some((_, element) => {
          const map = maps[element]!.get(field);
          return (sources[element]!.get(field) ?? field) !== field || (map !== undefined && map.some((image, code) => image !== code));
        }),
    );
    this.places = {
      fields,
      growing: fields.map((field) => growing.get(field)),
      byElement: group.elements.map((_, element) =>
        fields.map((field) => {
          const source = sources[element]!.get(field) ?? field;
          return { source: fields.indexOf(source), map: growing.get(source) === undefined ? maps[element]!.get(source) : undefined };
        }),
      ),
    };
    this.canonical = leastOf(system.layout, this.places, (place) => this.#overflow(place));
  }

  /** By field: the field that its number comes from, where that is another. A hook for tests that break it on purpose. */
  protected sources({ threads, fields }: Renaming): ReadonlyMap<number, number> {
    const system = this.system;
    const moved = new Map<number, number>();
    fields.forEach((to, from) => moved.set(to, from));
    threads.forEach((to, from) => {
      for (const field of [system.nodeField, system.pinField, system.stoppedField]) moved.set(field(to), field(from));
    });
    return moved;
  }

  /** By field that a number comes from: what becomes of it, where it names threads. A hook for tests that break it on purpose. */
  protected maps({ threads, nodes, values }: Renaming): ReadonlyMap<number, Int32Array> {
    const system = this.system;
    const holders = Int32Array.from([0, ...threads.map((thread) => thread + 1)]);
    const gates = Int32Array.from([0, ...threads.map((thread) => thread + 1), ...threads.map((thread) => 1 + threads.length + thread)]);
    return new Map([
      ...nodes.map((map, thread) => [system.nodeField(thread), map] as const),
      ...system.mutexes.map((_, mutex) => [system.mutexField(mutex), holders] as const),
      ...system.gates.map((_, gate) => [system.gateField(gate), gates] as const),
      ...values.flatMap((map, value) => (map === undefined ? [] : [[system.valueField(value), map] as const])),
    ]);
  }

  /** What an element makes of a packed state, in its place; what monitors remember, of which not every image is known, is left as it is. */
  apply(element: number, state: Int32Array): void {
    if (element === 0) return;
    const { layout } = this.system;
    const { fields, growing, byElement } = this.places;
    const values = fields.map((field) => layout.read(state, field));
    byElement[element]!.forEach(({ source, map }, place) => {
      const value = values[source]!;
      const images = growing[source];
      if (images === undefined) layout.write(state, fields[place]!, map?.[value] ?? value);
      else if (!this.#isMonitor(fields[place]!)) layout.write(state, fields[place]!, images.imageOf(element, value));
    });
  }

  #overflow(place: number): void {
    const field = this.places.fields[place]!;
    throw this.#isMonitor(field) ? new Overflow('monitor', field - this.system.monitorField(0)) : new Overflow('node', 0);
  }

  #isMonitor(field: number): boolean {
    return field >= this.system.monitorField(0);
  }
}
