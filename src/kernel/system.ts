import { automataOf, type Automaton, type AutomataOptions, type LearningParts } from '../automaton/automata.ts';
import type { CompoundTable } from '../automaton/compound-table.ts';
import { rowClasses, type RowClasses } from '../automaton/row-classes.ts';
import { HeddleError } from '../model/error.ts';
import type { Gate, Ghost, Handle, Mutex, Semaphore, Variable } from '../model/handle.ts';
import type { LockRanks, Scenario } from '../model/protocol.ts';
import { monitorOf, type Guarantee, type Invariant, type StepProperty } from '../property/property.ts';
import { bitsFor, Layout, type Field } from './layout.ts';
import { MonitorTable } from './monitor-table.ts';

/** The parts that a test may replace by broken ones, to show that the comparison with the reference notices. */
export interface Parts extends LearningParts {
  readonly MonitorTable?: typeof MonitorTable;
  /** Instead of `rowClasses`. */
  readonly rowClasses?: (table: CompoundTable) => RowClasses;
  /** Instead of `firstRoom`. */
  readonly firstRoom?: number;
  /** Instead of `mostSpare`: a test of widening wants narrow fields. */
  readonly mostSpare?: number;
}

export interface SystemOptions extends AutomataOptions {
  readonly parts?: Parts;
  /** See `System.judging`. */
  readonly narrowed?: { readonly from: System; readonly judged: readonly number[] };
}

/** The room that is made at first for the local states of a thread whose automaton is not known yet. */
const firstRoom = 1024;

type Value = Variable<unknown> | Ghost<unknown>;

/** Monitors get bits that are to spare until they have room for so many states. */
const mostSpare = 2 ** 20;

/**
 * A scenario made ready for exploration: numbers for handles, threads and guarantees, the learned automata, the
 * monitors' tables, and how a state is packed. Widths that are not known beforehand grow (`widen`), and then whoever
 * holds packed states starts anew; what was learned stays.
 */
export class System {
  readonly handles: readonly Handle[];
  readonly scenario: Scenario;
  readonly guarantees: readonly Guarantee[];
  readonly ranks: LockRanks | undefined;
  readonly values: readonly Value[];
  readonly mutexes: readonly Mutex[];
  readonly semaphores: readonly Semaphore[];
  readonly gates: readonly Gate[];
  readonly learners: readonly Automaton[];
  /** Whether the automata are minimised. */
  readonly automata: 'raw' | 'minimised';
  /** By guarantee; undefined where it is not a monitor. */
  readonly monitors: readonly (MonitorTable | undefined)[];
  readonly invariants: readonly { readonly guarantee: number; readonly property: Invariant }[];
  readonly stepProperties: readonly { readonly guarantee: number; readonly property: StepProperty }[];
  /** By guarantee: names of the variables that its monitor watches. */
  readonly watchedBy: readonly ReadonlySet<string>[];
  /** Of all of them. */
  readonly watched: ReadonlySet<string>;
  /** Whether each thread's automaton is closed: exploring it learns nothing more. */
  readonly closed: boolean;
  /** Which rows of a compound step's table do the same. */
  readonly rowClasses: (table: CompoundTable) => RowClasses;
  layout!: Layout;
  readonly #numbers = new Map<Handle, number>();
  readonly #nodeSizes: number[];
  readonly #monitorSizes: number[];
  readonly #mostSpare: number;
  /** The guarantees for which anything is remembered. */
  readonly #judged: readonly number[];
  #pinSize = 4;

  /**
   * @param handles the protocol's, all of them: counts do not depend on which of them a scenario uses
   * @param guarantees all of the protocol's: what they observe is fixed by the whole list
   * @throws HeddleError `bad-declaration` if a scenario or guarantee names a handle that is not declared
   */
  constructor(
    handles: readonly Handle[],
    ranks: LockRanks | undefined,
    scenario: Scenario,
    guarantees: readonly Guarantee[],
    options: SystemOptions = {},
  ) {
    const { parts = {}, narrowed } = options;
    this.#judged = narrowed?.judged ?? guarantees.map((_, guarantee) => guarantee);
    const isJudged = (guarantee: number): boolean => this.#judged.includes(guarantee);
    this.handles = handles;
    this.scenario = scenario;
    this.guarantees = guarantees;
    this.ranks = ranks;
    this.values = handles.filter((handle) => handle.kind === 'variable' || handle.kind === 'ghost');
    this.mutexes = handles.filter((handle) => handle.kind === 'mutex');
    this.semaphores = handles.filter((handle) => handle.kind === 'semaphore');
    this.gates = handles.filter((handle) => handle.kind === 'gate');
    for (const list of [this.values, this.mutexes, this.semaphores, this.gates])
      list.forEach((handle, number) => this.#numbers.set(handle, number));
    for (const thread of scenario.threads) if (thread.gate !== undefined) this.numberOf(thread.gate, `thread ${thread.name}`);
    for (const { handle } of scenario.initial) this.numberOf(handle, 'the initial values');

    const observed = scenario.threads.map(() => new Set<string>());
    this.watchedBy = guarantees.map(({ property }) => {
      const watched = new Set<string>();
      for (const { pattern } of monitorOf(property)?.reactions ?? []) {
        if (pattern.kind === 'enters' || pattern.kind === 'returns')
          scenario.threads.forEach(({ name }, thread) => (pattern.by?.includes(name) ?? true) && observed[thread]!.add(pattern.subject));
        for (const handle of pattern.handles ?? []) {
          this.numberOf(handle as Handle, pattern.label);
          watched.add(handle.name);
        }
        if (pattern.kind === 'writes' || pattern.kind === 'changes') {
          // A handle that the protocol does not have would make the property blind.
          if (pattern.handle !== undefined) this.numberOf(pattern.handle as Handle, pattern.label);
          watched.add(pattern.subject);
        }
        if (pattern.by !== undefined && !scenario.threads.some(({ name }) => pattern.by!.includes(name)))
          throw new HeddleError(
            'unknown-name',
            `a property watches ${pattern.by.join(' or ')} (${pattern.label}), and the scenario has no such thread`,
            { cure: `Its threads are ${scenario.threads.map(({ name }) => name).join(', ')}.` },
          );
      }
      return watched;
    });
    for (const { name, property } of guarantees)
      for (const assumed of property.kind === 'liveness' ? Object.keys(property.fairness.threads ?? {}) : [])
        if (!scenario.threads.some((thread) => thread.name === assumed))
          throw new HeddleError('unknown-name', `${name} assumes something of ${assumed}, and the scenario has no such thread`, {
            cure: `Its threads are ${scenario.threads.map((thread) => thread.name).join(', ')}.`,
          });
    this.watched = new Set(this.watchedBy.flatMap((names) => [...names]));
    ({
      closed: this.closed,
      automata: this.automata,
      learners: this.learners,
    } = narrowed?.from ?? automataOf(scenario.threads, observed, options, parts));
    this.monitors = guarantees.map(({ name, property }, guarantee) => {
      const monitor = isJudged(guarantee) ? monitorOf(property) : undefined;
      return monitor && new (parts.MonitorTable ?? MonitorTable)(monitor, name);
    });
    this.invariants = guarantees.flatMap(({ property }, guarantee) =>
      property.kind === 'invariant' && isJudged(guarantee) ? [{ guarantee, property }] : [],
    );
    this.stepProperties = guarantees.flatMap(({ property }, guarantee) =>
      property.kind === 'stepProperty' && isJudged(guarantee) ? [{ guarantee, property }] : [],
    );
    for (const { property } of [...this.invariants, ...this.stepProperties])
      for (const handle of property.handles) this.numberOf(handle, `a ${property.kind}`);
    this.#nodeSizes = this.learners.map(({ states }) => Math.max(this.closed ? 2 : (parts.firstRoom ?? firstRoom), states.length));
    this.#mostSpare = parts.mostSpare ?? mostSpare;
    this.rowClasses = parts.rowClasses ?? rowClasses;
    this.#monitorSizes = this.monitors.map((monitor) => (monitor === undefined ? 1 : 4));
    this.layout = new Layout(this.#fields(this.#monitorSizes));
    // Where monitors start tells how much room they need at least.
    for (const state of this.#initialValues()) this.#monitorStarts(state);
    this.monitors.forEach((monitor, guarantee) => {
      if (monitor !== undefined) this.#monitorSizes[guarantee] = Math.max(4, monitor.states.length);
    });
    this.#arrange();
  }

  /**
   * The same scenario on the same automata, where nothing is remembered for any but these guarantees: steps are the same,
   * states are fewer. The numbers of guarantees, threads and choices stay, so a schedule of one is one of the other.
   */
  judging(judged: readonly number[]): System {
    return new System(this.handles, this.ranks, this.scenario, this.guarantees, { narrowed: { from: this, judged } });
  }

  /** The same system, of whose monitors nothing is known yet: their states get the numbers that the next search gives them. */
  anew(): System {
    return this.judging(this.#judged);
  }

  /** The number of a handle among those of its kind. */
  numberOf(handle: Handle, where: string): number {
    const number = this.#numbers.get(handle);
    if (number === undefined)
      throw new HeddleError('handle-not-declared', `${where} uses ${handle.name}, which is not among the protocol's shared handles`, {
        site: handle.site,
      });
    return number;
  }

  // Field numbers, in the order in which `#arrange` lays them out.
  valueField = (value: number): number => value;
  mutexField = (mutex: number): number => this.values.length + mutex;
  semaphoreField = (semaphore: number): number => this.values.length + this.mutexes.length + semaphore;
  gateField = (gate: number): number => this.values.length + this.mutexes.length + this.semaphores.length + gate;
  #threadFields(): number {
    return this.values.length + this.mutexes.length + this.semaphores.length + this.gates.length;
  }
  /** Which local state the thread is in. */
  nodeField = (thread: number): number => this.#threadFields() + thread;
  /** `m.locks`. */
  pinField = (thread: number): number => this.#threadFields() + this.scenario.threads.length + thread;
  /** Whether it has stopped for the gate. */
  stoppedField = (thread: number): number => this.#threadFields() + 2 * this.scenario.threads.length + thread;
  monitorField = (guarantee: number): number => this.#threadFields() + 3 * this.scenario.threads.length + guarantee;

  /** Makes room after an `Overflow`. */
  widen(overflow: Overflow): void {
    if (overflow.what === 'monitor') this.#monitorSizes[overflow.index] = this.#monitorSizes[overflow.index]! * 4;
    // Whoever overflows next would start the search anew once more: give all room by what they have seen.
    if (overflow.what === 'node')
      this.learners.forEach(({ states }, thread) => {
        this.#nodeSizes[thread] = Math.max(this.#nodeSizes[thread]!, states.length * 2);
      });
    this.monitors.forEach((monitor, index) => {
      if (monitor !== undefined) this.#monitorSizes[index] = Math.max(this.#monitorSizes[index]!, 4 * monitor.states.length);
    });
    if (overflow.what === 'pin') this.#pinSize *= 2;
    this.#arrange();
  }

  /** Lays the fields out, in as many words as they need. Bits of these that nobody needs go to the monitors: nobody knows beforehand how much one will remember. */
  #arrange(): void {
    let sizes: readonly number[] = this.#monitorSizes;
    this.layout = new Layout(this.#fields(sizes));
    for (let given = true; given;) {
      given = false;
      for (const [guarantee, size] of sizes.entries()) {
        if (this.monitors[guarantee] === undefined || size >= this.#mostSpare) continue;
        const wider = sizes.with(guarantee, size * 2);
        const layout = new Layout(this.#fields(wider));
        if (layout.words > this.layout.words) continue;
        this.layout = layout;
        sizes = wider;
        given = true;
      }
    }
  }

  /** The fields of a state, with monitors of these sizes. */
  #fields(monitorSizes: readonly number[]): readonly Field[] {
    const { threads } = this.scenario;
    return [
      ...this.values.map(({ name, domain }) => ({ name, size: domain.size })),
      ...this.mutexes.map(({ name }) => ({ name, size: threads.length + 1 })),
      ...this.semaphores.map(({ name, limit }) => ({ name, size: limit + 1 })),
      // Open, being stopped by thread t (1 + t), or stopped by it (1 + threads + t).
      ...this.gates.map(({ name }) => ({ name, size: 2 * threads.length + 1 })),
      ...threads.map(({ name }, index) => ({ name, size: 1 << bitsFor(this.#nodeSizes[index]!) })),
      ...threads.map(({ name, gate }) => ({ name: `${name}.m.locks`, size: gate === undefined ? 1 : this.#pinSize })),
      ...threads.map(({ name, gate }) => ({ name: `${name} stopped`, size: gate === undefined ? 1 : 2 })),
      ...this.guarantees.map(({ name }, index) => ({ name, size: monitorSizes[index]! })),
    ];
  }

  /** All initial states, packed: every combination of the scenario's initial values, in a fixed order. */
  initialStates(): Int32Array[] {
    const states = this.#initialValues();
    for (const state of states)
      this.#monitorStarts(state).forEach((code, guarantee) => this.layout.write(state, this.monitorField(guarantee), code));
    return states;
  }

  /** The initial states, but for their monitors. */
  #initialValues(): Int32Array[] {
    let choices: Int32Array[] = [this.#firstState()];
    for (const { handle, values } of this.scenario.initial) {
      const field = this.valueField(this.numberOf(handle, 'the initial values'));
      choices = choices.flatMap((state) =>
        values.map((value) => {
          const copy = state.slice();
          this.layout.write(copy, field, handle.domain.encode(value));
          return copy;
        }),
      );
    }
    return choices;
  }

  #firstState(): Int32Array {
    const state = new Int32Array(this.layout.words);
    this.values.forEach(({ domain, initial }, value) => this.layout.write(state, this.valueField(value), domain.encode(initial)));
    this.semaphores.forEach(({ initial }, semaphore) => this.layout.write(state, this.semaphoreField(semaphore), initial));
    this.learners.forEach(({ initial }, thread) => this.layout.write(state, this.nodeField(thread), initial));
    return state;
  }

  /** By guarantee: the code of the state that its monitor starts in, beside these values; 0 where there is none. */
  #monitorStarts(state: Int32Array): readonly number[] {
    return this.monitors.map((monitor) => {
      if (monitor === undefined) return 0;
      const handles = monitor.monitor.start?.handles ?? [];
      return monitor.startingWith(
        handles.map((handle) =>
          handle.domain.decode(this.layout.read(state, this.valueField(this.numberOf(handle, `the property ${monitor.name}`)))),
        ),
      );
    });
  }
}

/** A field turned out to be too narrow; `System.widen` it and start anew. */
export class Overflow {
  readonly what: 'node' | 'monitor' | 'pin';
  readonly index: number;
  constructor(what: 'node' | 'monitor' | 'pin', index: number) {
    this.what = what;
    this.index = index;
  }
}
