/** Each fault is put into the kernel on purpose, to show that the comparison of agreement.test.ts would notice it. */
import test from 'ava';
import * as fc from 'fast-check';
import type { Frame } from '../automaton/local-state.ts';
import type { CompoundTable } from '../automaton/compound-table.ts';
import { Learner } from '../automaton/learner.ts';
import { labelKey } from '../automaton/minimise.ts';
import { classified, type RowClasses } from '../automaton/row-classes.ts';
import { int } from '../model/handle.ts';
import { identityOf, keyOf } from '../model/plain-data.ts';
import { choose, load, store } from '../model/operations.ts';
import { scenario, thread } from '../model/protocol.ts';
import { become, routine } from '../model/routine.ts';
import { withBuiltIn } from '../property/property.ts';
import { MonitorTable, violatedState } from '../kernel/monitor-table.ts';
import { Visited } from '../kernel/visited.ts';
import type { Event } from '../property/event.ts';
import { HeddleError } from '../model/error.ts';
import { explore, type Explored } from './explore.ts';
import { generatedProtocol, subjectOf } from './generated-protocols.ts';
import { disagreement, exploreWithKernel, type KernelOptions } from './kernel-view.ts';
import type { Subject } from './state.ts';

const protocols = fc.sample(generatedProtocol, { numRuns: 150, seed: 7 });
const references = new Map<number, { readonly subject: Subject; readonly reference: Explored }>();

function judged(index: number): { readonly subject: Subject; readonly reference: Explored } {
  const known = references.get(index);
  if (known !== undefined) return known;
  const subject = subjectOf(protocols[index]!);
  const fresh = { subject, reference: explore(subject, { states: 60, depth: 12 }) };
  references.set(index, fresh);
  return fresh;
}

/** How the first protocol that a broken kernel gets wrong, without an error, differs; undefined if there is none. */
function noticed(options: KernelOptions): string | undefined {
  for (const index of protocols.keys()) {
    const { subject, reference } = judged(index);
    try {
      const differs = disagreement(subject, reference, exploreWithKernel(subject, reference.depth, options), reference.depth);
      if (differs !== undefined) return differs;
    } catch (error) {
      // Learning has noticed by itself; whether the comparison does is for another protocol to show.
      if (!(error instanceof HeddleError) || error.code !== 'differs-on-replay') throw error;
    }
  }
  return undefined;
}

test('a kernel without a fault agrees with the reference on every protocol of the sample', (t) => {
  t.is(noticed({}), undefined);
  t.is(noticed({ automata: 'minimised' }), undefined);
});

class ForgetsResults extends Learner {
  protected override frameKey(frame: Frame): string {
    return `${super.frameKey({ ...frame, history: frame.history.start })} ${frame.results.length}`;
  }
}
class ForgetsArguments extends Learner {
  protected override frameKey(frame: Frame): number | string {
    return frame.mode === 'call' ? `${frame.place} ${identityOf(frame.routine)} ${keyOf(frame.results)}` : super.frameKey(frame);
  }
}
class DropsCarried extends Learner {
  protected override iterate(frame: Frame, carried: unknown): Frame {
    return super.iterate(frame, { ...(carried as object), value: 0 });
  }
}
class AnswersFirst extends Learner {
  override next(id: number, _code: number): number {
    return super.next(id, 0);
  }
}
/** The thread is learned as if it stood behind no gate: its locks are one step. */
class LocksInOneStep extends Learner {
  constructor(...[spec, index, observed]: ConstructorParameters<typeof Learner>) {
    super({ ...spec, gate: undefined }, index, observed);
  }
}
/** Takes two states for one if eight bits of their hashes are equal. */
class Merges extends Visited {
  readonly #fingerprints = new Set<number>();
  override stage(state: Int32Array, parent: number): void {
    const fingerprint = this.hash(state, 0) & 255;
    if (this.#fingerprints.has(fingerprint)) return;
    this.#fingerprints.add(fingerprint);
    super.stage(state, parent);
  }
}
/** Does not compare the last word of a state. */
class ComparesPart extends Visited {
  readonly #firsts = new Map<string, Int32Array>();
  override stage(state: Int32Array, parent: number): void {
    const part = state.subarray(0, state.length - 1).join();
    const first = this.#firsts.get(part) ?? state.slice();
    this.#firsts.set(part, first);
    super.stage(first, parent);
  }
}
class NeverViolated extends MonitorTable {
  override next(state: number, event: number): number {
    const after = super.next(state, event);
    return after === violatedState ? state : after;
  }
}
class MissesReturns extends MonitorTable {
  override eventOf(event: Event): number {
    return event.kind === 'returns' ? -1 : super.eventOf(event);
  }
}
class StartsAlike extends MonitorTable {
  override startingWith(): number {
    return super.startingWith([0, 0]);
  }
}

/** What two local states that are merged wrongly would have been told apart by. */
const labels: Readonly<Record<string, typeof labelKey>> = {
  values: (pending) => (pending.kind === 'operation' && pending.operation.kind === 'store' ? 'store' : labelKey(pending)),
  results: (pending) => (pending.kind === 'returns' ? `returns ${pending.routine}` : labelKey(pending)),
};

/** Takes rows that write the same for alike, whatever they answer. */
function forgetsAnswers({ handles, outcome, next }: CompoundTable): RowClasses {
  return classified({ handles, outcome: outcome.map((code) => Math.min(code, 0)), next });
}
/** Takes rows that answer the same for alike, whatever they write. */
function forgetsWrites({ outcome, next }: CompoundTable): RowClasses {
  return classified({ handles: [], outcome, next });
}

const faults: Readonly<Record<string, KernelOptions>> = {
  'a minimisation that looks one step ahead': { automata: 'minimised', parts: { minimise: { rounds: 1 } } },
  ...Object.fromEntries(
    Object.entries(labels).map(([what, label]): [string, KernelOptions] => [
      `a minimisation that forgets ${what}`,
      { automata: 'minimised', parts: { minimise: { labelKey: label } } },
    ]),
  ),
  'local states that forget what was answered': { parts: { Learner: ForgetsResults } },
  'local states that forget their arguments': { parts: { Learner: ForgetsArguments } },
  'a loop that drops its carried value': { parts: { Learner: DropsCarried } },
  'results that are all taken for the first': { parts: { Learner: AnswersFirst } },
  'rows that are taken for alike whatever they answer': { parts: { rowClasses: forgetsAnswers } },
  'rows that are taken for alike whatever they write': { parts: { rowClasses: forgetsWrites } },
  'a gated lock in one step': { parts: { Learner: LocksInOneStep } },
  'a table that compares fingerprints': { Visited: Merges },
  'a table that compares part of a state': { Visited: ComparesPart },
  'a monitor that is never violated': { parts: { MonitorTable: NeverViolated } },
  'a monitor that misses returns': { parts: { MonitorTable: MissesReturns } },
  'monitors that start alike whatever the initial values': { parts: { MonitorTable: StartsAlike } },
  'a gate that one thread does not stop for': { alter: withoutGate },
};

/** The first gated thread is not stopped; it still asks for its locks, so only the gate is broken. */
function withoutGate(subject: Subject): Subject {
  const first = subject.scenario.threads.findIndex(({ gate }) => gate !== undefined);
  const threads = subject.scenario.threads.map((spec, index) => (index === first ? { ...spec, gate: undefined } : spec));
  return { ...subject, scenario: { ...subject.scenario, threads } };
}

for (const [name, options] of Object.entries(faults))
  test(`the comparison notices ${name}`, (t) => {
    const differs = noticed(options);
    t.log(differs?.split('\n')[0]);
    t.not(differs, undefined);
  });

/** A variable of the module that a body changes by a call, which the parser of bodies can't see. */
const box = {
  value: 0,
  put(value: number): void {
    this.value = value;
  },
};
const seen = int('seen', { to: 2 });
const reads = routine('reads', function* () {
  yield* store(seen, box.value);
});
const readsLater = routine('readsLater', function* () {
  yield* load(seen);
  yield* store(seen, box.value);
});
const captures = routine('captures', function* (reader: typeof reads) {
  box.put(yield* choose(1, 2));
  yield* become(reader);
});

function capturing(reader: typeof reads): Subject {
  return {
    handles: [seen],
    ranks: undefined,
    guarantees: withBuiltIn([], false),
    scenario: scenario({ threads: [thread('A', captures(reader))] }),
  };
}

test('a local that is captured behind the back of the parser is told when what took over asks for two things', (t) => {
  const error = t.throws(() => exploreWithKernel(capturing(reads), 3), { instanceOf: HeddleError });
  t.is(error.code, 'differs-on-replay');
});

const callsTwice = routine('callsTwice', function* () {
  box.put(1);
  yield* reads();
  box.put(2);
  yield* reads();
});

test('a captured local is told when a routine asks for two things at two call sites', (t) => {
  const error = t.throws(
    () => exploreWithKernel({ ...capturing(reads), scenario: scenario({ threads: [thread('A', callsTwice())] }) }, 3),
    {
      instanceOf: HeddleError,
    },
  );
  t.is(error.code, 'differs-on-replay');
});

test('the comparison notices a captured local that learning does not', (t) => {
  const subject = capturing(readsLater);
  const reference = explore(subject);
  // The learner has one local state for `readsLater`, which took over from a caller that is forgotten: it stores the same in both.
  const differs = disagreement(subject, reference, exploreWithKernel(subject, reference.depth), reference.depth);
  t.regex(differs ?? '', /^the reference reaches a state in 2 steps, the kernel in undefined/);
});
