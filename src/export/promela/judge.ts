import { violatedState } from '../../kernel/monitor-table.ts';
import type { System } from '../../kernel/system.ts';
import { valuesOfRow } from '../../automaton/compound-table.ts';
import type { Pending } from '../../automaton/local-state.ts';
import type { Inside } from '../../property/property.ts';
import { all, among, any, condition, not } from './decision.ts';
import { comment } from './names.ts';
import { InsideText, MonitorText, type Memory } from './monitors.ts';
import type { Enabled } from './enabled.ts';
import type { Vocabulary } from './vocabulary.ts';

/** What is judged of a state, as the assertions of an observer whose only step changes nothing. */
export class Judge {
  readonly #system: System;
  readonly #words: Vocabulary;
  readonly #memories: readonly (Memory | undefined)[];
  readonly #enabled: Enabled;
  readonly #threads: readonly number[];

  constructor(system: System, words: Vocabulary, memories: readonly (Memory | undefined)[], enabled: Enabled) {
    this.#system = system;
    this.#words = words;
    this.#memories = memories;
    this.#enabled = enabled;
    this.#threads = system.scenario.threads.map((_, thread) => thread);
  }

  /** Statements that assert everything that a state alone can break. */
  statements(): readonly string[] {
    return [...this.#domains(), ...this.#invariants(), ...this.#races(), ...this.#waiting(), ...this.#ends()];
  }

  /** Every variable is read here: SPIN leaves out of its states what no statement reads. */
  #domains(): readonly string[] {
    const limits = [...this.#words.limits(), ...this.#memories.flatMap((memory) => memory?.limits() ?? [])];
    return [
      comment('Every variable is in its domain.'),
      ...limits.map(({ name, most }) => `assert(${this.#words.sound} || ${name} <= ${most});`),
    ];
  }

  #asserts(guarantee: number, wanted: string): readonly string[] {
    return wanted === 'true' ? [] : [`assert(${this.#words.holds[guarantee]} || ${wanted});`];
  }

  #invariants(): readonly string[] {
    const { invariants, values } = this.#system;
    return invariants.flatMap(({ guarantee, property }) => {
      const numbers = property.handles.map((handle) => this.#system.numberOf(handle, 'an invariant'));
      const columns = numbers.map((value) => ({ name: this.#words.values[value]!, size: values[value]!.domain.size }));
      return this.#asserts(
        guarantee,
        condition(columns, (row) => property.holds(...valuesOfRow(property.handles, row))),
      );
    });
  }

  /** Two threads that could both access a plain variable next, one writing and one not atomically. */
  #races(): readonly string[] {
    const guarantee = this.#system.guarantees.findIndex(({ property }) => property.kind === 'dataRaceFreedom');
    if (guarantee < 0) return [];
    const conflicts = this.#system.values.flatMap((value) => {
      if (value.kind !== 'variable' || !value.isPlain) return [];
      const accesses = (thread: number, is: (kind: string) => boolean): string =>
        all([
          ...(this.#words.stopped[thread] === undefined ? [] : [`(${this.#words.stopped[thread]} == 0)`]),
          this.#enabled.nodes(thread, (pending) => {
            if (pending.kind !== 'operation' || !is(pending.operation.kind)) return false;
            const { operation } = pending;
            return 'handle' in operation ? operation.handle === value : 'handles' in operation && operation.handles.includes(value);
          }),
        ]);
      const either = (one: number, other: number, is: (kind: string) => boolean): string => any([accesses(one, is), accesses(other, is)]);
      return this.#pairs().flatMap(([one, other]) =>
        one < other
          ? [all([accesses(one, () => true), accesses(other, () => true), either(one, other, writes), either(one, other, bare)])]
          : [],
      );
    });
    return this.#asserts(guarantee, not(any(conflicts)));
  }

  #pairs(): readonly (readonly [number, number])[] {
    return this.#threads.flatMap((one) => this.#threads.filter((other) => other !== one).map((other) => [one, other] as const));
  }

  /** Deadlocks, and who is delayed by whom: both need who waits for whom, directly and through others. */
  #waiting(): readonly string[] {
    const { guarantees, scenario } = this.#system;
    const stuck = guarantees.findIndex(({ property }) => property.kind === 'notStuck');
    const delays = guarantees.flatMap(({ property }, guarantee) => (property.kind === 'neverDelayedBy' ? [{ guarantee, property }] : []));
    const count = scenario.threads.length;
    const cell = (one: number, other: number): string => `${this.#waits()}[${one * count + other}]`;
    const known = this.#pairs().flatMap(([one, other]) => {
      const test = this.#waitsFor(one, other);
      return test === 'false' ? [] : [`${cell(one, other)} = ${test};`];
    });
    const circle = known.length === 0 ? 'false' : any(this.#threads.map((thread) => cell(thread, thread)));
    const dead = all([
      this.#isTerminal(),
      any(this.#threads.map((thread) => this.#enabled.nodes(thread, (pending) => this.#mustGoOn(thread, pending)))),
    ]);
    return [
      ...(known.length === 0 ? [] : [comment('Who waits for whom, then also through others.'), ...known, ...this.#closure()]),
      ...(stuck < 0 ? [] : this.#asserts(stuck, not(any([circle, dead])))),
      ...(known.length === 0 ? [] : delays.flatMap(({ guarantee }) => this.#delay(guarantee, cell))),
      ...(known.length === 0
        ? []
        : [
            `for (${this.#index('i')} : 0 .. ${count * count - 1}) { ${this.#waits()}[${this.#index('i')}] = 0 }`,
            ...['i', 'j', 'k'].map((name) => `${this.#index(name)} = 0;`),
          ]),
    ];
  }

  #waits(): string {
    return this.#words.array('waits_for', this.#threads.length ** 2);
  }
  #index(name: string): string {
    return this.#words.scratch(`index_${name}`, this.#threads.length ** 2 + 1);
  }

  /** Warshall's closure. */
  #closure(): readonly string[] {
    const [i, j, k] = [this.#index('i'), this.#index('j'), this.#index('k')];
    const count = this.#threads.length;
    const waits = this.#waits();
    return [
      `for (${k} : 0 .. ${count - 1}) { for (${i} : 0 .. ${count - 1}) { for (${j} : 0 .. ${count - 1}) {`,
      `  ${waits}[${i} * ${count} + ${j}] = (${waits}[${i} * ${count} + ${j}] || (${waits}[${i} * ${count} + ${k}] && ${waits}[${k} * ${count} + ${j}]));`,
      '} } }',
    ];
  }

  /** Whether a thread must wait until another has moved. */
  #waitsFor(thread: number, other: number): string {
    const { scenario, gates, mutexes } = this.#system;
    const stopped = this.#words.stopped[thread];
    const gateOf = (of: number): number => {
      const { gate } = scenario.threads[of]!;
      return gate === undefined ? -1 : this.#system.numberOf(gate, 'a thread');
    };
    const byStopper =
      stopped === undefined
        ? 'false'
        : all([`(${stopped} == 1)`, among(this.#words.gates[gateOf(thread)]!, [1 + other, 1 + scenario.threads.length + other])]);
    const forMutex = mutexes.map((mutex, number) =>
      all([
        `(${this.#words.mutexes[number]} == ${other + 1})`,
        this.#enabled.nodes(thread, (pending) => atMutex(pending) && pending.operation.mutex === mutex),
      ]),
    );
    const forSafePoint = gates.map((gate, number) =>
      gateOf(other) !== number
        ? 'false'
        : all([
            `(${this.#words.stopped[other]} == 0)`,
            `(${this.#words.pins[other]} > 0)`,
            not(this.#enabled.isDone(other)),
            this.#enabled.nodes(thread, (pending) => stopping(pending) && pending.operation.gate === gate),
          ]),
    );
    return any([byStopper, all([...(stopped === undefined ? [] : [`(${stopped} == 0)`]), any([...forMutex, ...forSafePoint])])]);
  }

  /** Whether a run must not end with the thread here. */
  #mustGoOn(thread: number, pending: Pending): boolean {
    if (pending.kind === 'done') return false;
    const patient = this.#system.scenario.threads[thread]!.daemon || (pending.kind === 'operation' && pending.operation.mayWaitForever);
    return !patient || atMutex(pending) || stopping(pending);
  }

  #isTerminal(): string {
    return not(
      any(
        this.#threads.flatMap((thread) => [
          `(CAN_STEP_${thread})`,
          ...(this.#enabled.canHalt(thread) === 'false' ? [] : [`(CAN_STOP_${thread})`]),
        ]),
      ),
    );
  }

  /** The macros that `#isTerminal` speaks of. */
  macros(): readonly string[] {
    return this.#threads.flatMap((thread) => {
      const halt = this.#enabled.canHalt(thread);
      return [
        `#define CAN_STEP_${thread} ${this.#enabled.canStep(thread)} ${comment(this.#words.threads[thread]!)}`,
        ...(halt === 'false' ? [] : [`#define CAN_STOP_${thread} ${halt}`]),
      ];
    });
  }

  #delay(guarantee: number, cell: (one: number, other: number) => string): readonly string[] {
    const memory = this.#memories[guarantee];
    if (!(memory instanceof InsideText)) return [];
    const inside = (thread: number, role: keyof Inside): string =>
      `(${memory.counters(this.#system.scenario.threads[thread]!.name)[role]} > 0)`;
    const delayed = this.#threads.map((thread) =>
      all([
        inside(thread, 'delayed'),
        this.#enabled.nodes(thread, atMutex),
        any(this.#threads.map((other) => all([`(${cell(thread, other)} == 1)`, inside(other, 'delaying')]))),
      ]),
    );
    return this.#asserts(guarantee, not(any(delayed)));
  }

  /** Monitors that a run must not end with. */
  #ends(): readonly string[] {
    return this.#memories.flatMap((memory, guarantee) => {
      if (!(memory instanceof MonitorText)) return [];
      const bad = memory.badEnds().filter((state) => state !== violatedState);
      return bad.length === 0 ? [] : this.#asserts(guarantee, not(all([this.#isTerminal(), among(memory.name, bad)])));
    });
  }
}

type At<K extends string> = Pending & { readonly kind: 'operation'; readonly operation: { readonly kind: K } };

function atMutex(pending: Pending): pending is At<'lock'> {
  return pending.kind === 'operation' && pending.operation.kind === 'lock' && pending.phase !== 'request';
}

/** Waits for the others to stop. */
function stopping(pending: Pending): pending is At<'stop'> {
  return pending.kind === 'operation' && pending.operation.kind === 'stop' && pending.phase !== 'request';
}

function writes(kind: string): boolean {
  return kind !== 'load' && kind !== 'waitUntil';
}

/** Without an atomic operation. */
function bare(kind: string): boolean {
  return kind === 'load' || kind === 'store';
}
