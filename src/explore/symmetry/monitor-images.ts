import { withRoom } from '../../kernel/growing.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import { violatedState, type MonitorTable, type MonitorWatcher } from '../../kernel/monitor-table.ts';
import type { Event } from '../../property/event.ts';
import type { Images } from './images.ts';
import type { Group, Renaming } from './renaming.ts';
import { tellsApart } from './same-properties.ts';

/** The system turns out not to be what a renaming makes of it; the reason is for people. */
export class Asymmetry {
  readonly reason: string;
  constructor(reason: string) {
    this.reason = reason;
  }
}

/**
 * What the renamings of a group make of a monitor's states. A state may name threads in any way its author likes, so it is
 * not rewritten: its image is the state that the renamed events lead to. That this is a map, and that the monitor does to
 * images what it does to originals, is checked for every transition that the monitor's table learns, on the step that
 * first needs it; where it fails, an `Asymmetry` is thrown.
 */
export class MonitorImages implements MonitorWatcher, Images {
  /** By element, then state; −1 for states that no run has had. */
  readonly images: Int32Array<ArrayBuffer>[];
  onAssigned: Images['onAssigned'];
  readonly #kernel: Kernel;
  readonly #guarantee: number;
  readonly #table: MonitorTable;
  readonly #group: Group;
  /** By element: the images of events that are calls, returns and emits, which hang on local states. */
  readonly #events: readonly Map<number, Set<number>>[];
  /** Whether the search goes on, so that events may have been looked at. */
  #hasBegun = false;
  /** By state: state and event of the transition by which a run first had it; −1 where none has. */
  #witness = new Int32Array(128).fill(-1);

  constructor(kernel: Kernel, guarantee: number, group: Group) {
    this.#kernel = kernel;
    this.#guarantee = guarantee;
    this.#table = kernel.system.monitors[guarantee]!;
    this.#group = group;
    this.images = group.elements.map(() => new Int32Array(64).fill(-1));
    for (const images of this.images) images[violatedState] = violatedState;
    this.#events = group.elements.map(() => new Map());
    group.elements.forEach(({ nodes }, element) =>
      nodes.forEach((images, thread) => images.forEach((image, node) => this.mapped(element, thread, node, image))),
    );
  }

  /** Takes down the images of initial states, and checks what the table has learned already; from now on it is watched. */
  begin(starts: readonly { readonly element: number; readonly state: number; readonly image: number }[]): void {
    this.#hasBegun = true;
    for (const { element, state, image } of starts) this.#assign(element, state, image);
    for (const { state } of starts) this.#checkGroup(state);
    this.#table.watcher = this;
    for (const [event, number] of this.#table.events()) this.met(event, number);
    // A state's image must be known before its transitions can be checked.
    const bySource = new Map<number, (readonly [number, number])[]>();
    for (const [state, event, next] of this.#table.transitions()) {
      if (!bySource.has(state)) bySource.set(state, []);
      bySource.get(state)!.push([event, next]);
    }
    const open = [...new Set(starts.map(({ state }) => state))];
    const seen = new Set(open);
    for (let state = open.pop(); state !== undefined; state = open.pop())
      for (const [event, next] of bySource.get(state) ?? []) {
        if (seen.has(next)) continue;
        this.#hadBy(next, state, event);
        seen.add(next);
        open.push(next);
      }
    for (const state of seen) for (const [event, next] of bySource.get(state) ?? []) this.learned(state, event, next);
  }

  met(event: Event, number: number): void {
    if (event.kind !== 'writes' && event.kind !== 'changes') return;
    for (const element of this.#group.elements) if (this.#table.eventOf(this.#renamed(element, event)) < 0 !== number < 0) this.refuse();
  }

  learned(state: number, event: number, next: number): void {
    if ((this.#witness[2 * next] ?? -1) < 0) this.#hadBy(next, state, event);
    this.#group.elements.forEach((_, element) => this.#follow(element, state, event, next));
    this.#checkGroup(next);
  }

  #follow(element: number, state: number, event: number, next: number): void {
    const from = this.imageOf(element, state);
    for (const image of this.#imagesOfEvent(element, event)) this.#assign(element, next, image < 0 ? from : this.#table.next(from, image));
  }

  /** What an element makes of a state that a run has had. */
  imageOf(element: number, state: number): number {
    const known = this.images[element]![state] ?? -1;
    if (known >= 0) return known;
    const before = this.#witness[2 * state] ?? -1;
    if (before < 0) throw new Error(`no run has had the monitor state ${state}`);
    this.#follow(element, before, this.#witness[2 * state + 1]!, state);
    return this.images[element]![state]!;
  }

  #hadBy(next: number, state: number, event: number): void {
    this.#witness = withRoom(this.#witness, 2 * next + 2);
    this.#witness[2 * next] = state;
    this.#witness[2 * next + 1] = event;
  }

  get bytes(): number {
    return this.images.reduce((sum, images) => sum + images.byteLength, this.#witness.byteLength);
  }

  #assign(element: number, state: number, image: number): void {
    const images = (this.images[element] = withRoom(this.images[element]!, state + 1));
    if (images[state]! >= 0 && images[state] !== image) this.refuse();
    if (images[state] === image) return;
    images[state] = image;
    this.onAssigned?.(element, state, image);
    if ((state === violatedState) !== (image === violatedState) || this.#endsBadly(state) !== this.#endsBadly(image)) this.refuse();
  }

  #endsBadly(state: number): boolean {
    const { monitor, states } = this.#table;
    return monitor.judgesEnds && state !== violatedState && monitor.atEnd(states[state]) !== undefined;
  }

  /** Renaming twice is renaming by the product. Images that are not known yet are checked when they are. */
  #checkGroup(state: number): void {
    this.#group.elements.forEach((_, second) => {
      const image = this.images[second]![state]!;
      this.#group.elements.forEach((__, first) => {
        const twice = this.images[first]![image] ?? -1;
        if (twice >= 0 && twice !== this.images[this.#group.product[first]![second]!]![state]) this.refuse();
      });
    });
  }

  #imagesOfEvent(element: number, event: number): Iterable<number> {
    const payload = this.#table.payload(event);
    if (payload.kind === 'writes' || payload.kind === 'changes')
      return [this.#table.eventOf(this.#renamed(this.#group.elements[element]!, payload))];
    return this.#events[element]!.get(event) ?? [];
  }

  #renamed({ threads, values, fields }: Renaming, event: Extract<Event, { kind: 'writes' | 'changes' }>): Event {
    const { system } = this.#kernel;
    const thread = system.scenario.threads.findIndex(({ name }) => name === event.thread);
    const value = system.values.findIndex(({ name }) => name === event.handle);
    const { domain } = system.values[value]!;
    const image = system.values[fields[system.valueField(value)]!]!;
    const renamed = (what: unknown): unknown => {
      const code = domain.encode(what);
      return image.domain.decode(values[value]?.[code] ?? code);
    };
    return {
      ...event,
      thread: system.scenario.threads[threads[thread]!]!.name,
      handle: image.name,
      from: renamed(event.from),
      to: renamed(event.to),
    };
  }

  /** An element maps a local state of a thread: then the event there, if there is one, becomes that of the image. */
  mapped(element: number, thread: number, node: number, mappedTo: number): void {
    if (mappedTo < 0) return;
    const { programs } = this.#kernel;
    const event = programs[thread]!.extras[node]?.events?.[this.#guarantee] ?? -1;
    const image = programs[this.#group.elements[element]!.threads[thread]!]!.extras[mappedTo]?.events?.[this.#guarantee] ?? -1;
    if (event < 0 !== image < 0) this.refuse();
    if (event < 0) return;
    const events = this.#events[element]!;
    const known = events.get(event);
    if (known === undefined) events.set(event, new Set([image]));
    else if (!known.has(image)) {
      // What has been checked by its other images would have to be checked by this one.
      if (this.#hasBegun) this.refuse();
      known.add(image);
    }
  }

  /** The monitor does something else to renamed events. A hook for tests that do without. */
  protected refuse(): void {
    throw new Asymmetry(tellsApart(this.#kernel.system, this.#guarantee));
  }
}
