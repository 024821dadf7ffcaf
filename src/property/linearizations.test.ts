/** Linearizations against the definition, order by order, on generated histories; and broken on purpose. */
import test from 'ava';
import * as fc from 'fast-check';
import { routine } from '../model/routine.ts';
import { load } from '../model/operations.ts';
import { bool } from '../model/handle.ts';
import { emits, type Event } from './event.ts';
import { atOnce, linearizableBy, whenever, type Specification } from './linearizable.ts';
import { Linearizations, type Configuration, type Sequential } from './linearizations.ts';
import type { Monitor } from './property.ts';

const flag = bool('flag');
const method = (name: string) =>
  routine(name, function* (_value: number) {
    yield* load(flag);
    return 0;
  });
const push = method('push');
const pop = method('pop');

interface Kind {
  readonly lifo: boolean;
  readonly limit: number;
}
const kinds: readonly Kind[] = [
  { lifo: true, limit: 2 },
  { lifo: false, limit: 2 },
  { lifo: false, limit: 1 },
];

/** A bounded stack or queue whose pop blocks when it is empty, and whose full push drops the value or what is oldest. Daemons may drop what is oldest. */
function specified({ lifo, limit }: Kind): Specification<readonly number[]> {
  return {
    initial: [0],
    calls: [
      atOnce(push, (state, value) =>
        state.length < limit
          ? { state: [...state, value], result: 0 }
          : [
              { state, result: 1 },
              { state: [...state.slice(1), value], result: 0 },
            ],
      ),
      atOnce(pop, (state) => {
        if (state.length === 0) return [];
        const end = lifo ? -1 : 0;
        return { state: lifo ? state.slice(0, -1) : state.slice(1), result: state.at(end) };
      }),
    ],
    internal: [(state) => (state.length > 1 ? [state.slice(1)] : [])],
    events: [whenever(emits('clear'), (state) => (state.length === 0 ? [] : [[]]))],
  };
}

interface Call {
  readonly thread: string;
  readonly routine: string;
  readonly value: number;
  /** Places in the history. */
  readonly from: number;
  readonly to: number;
  /** Undefined while it is pending. */
  readonly result: number | undefined;
}

/** The calls and the moments of 'clear' in a history. A moment is a call that starts and returns at once. */
function callsOf(history: readonly Event[]): readonly Call[] {
  return history.flatMap((event, from): readonly Call[] => {
    const { thread } = event;
    if (event.kind === 'emits') return [{ thread, routine: 'clear', value: 0, from, to: from, result: 0 }];
    if (event.kind !== 'enters') return [];
    const rest = history.slice(from).findIndex((other) => other.kind === 'returns' && other.thread === thread);
    const end = history[from + rest];
    return [
      {
        thread,
        routine: event.routine,
        value: event.parameters[0] as number,
        from,
        to: rest < 0 ? Number.POSITIVE_INFINITY : from + rest,
        result: rest >= 0 && end?.kind === 'returns' ? (end.value as number) : undefined,
      },
    ];
  });
}

/** The definition: some order of all finished calls and some of the pending ones, which keeps the order of calls that do not overlap, is a run of the object. */
function isLinearizable(history: readonly Event[], { lifo, limit }: Kind): boolean {
  const ordered = (left: readonly Call[], state: readonly number[]): boolean => {
    if (left.every(({ result }) => result === undefined)) return true;
    if (state.length > 1 && ordered(left, state.slice(1))) return true;
    return left.some((call) => {
      if (left.some((other) => other.to < call.from)) return false;
      const others = left.filter((other) => other !== call);
      const answers = (result: number | undefined): boolean => call.result === undefined || call.result === result;
      if (call.routine === 'clear') return state.length > 0 && ordered(others, []);
      if (call.routine === 'pop') {
        const [first] = lifo ? state.slice(-1) : state;
        return state.length > 0 && answers(first) && ordered(others, lifo ? state.slice(0, -1) : state.slice(1));
      }
      if (state.length < limit) return answers(0) && ordered(others, [...state, call.value]);
      return (answers(1) && ordered(others, state)) || (answers(0) && ordered(others, [...state.slice(1), call.value]));
    });
  };
  return ordered(callsOf(history), [0]);
}

/** The place of the first event after which the history is not linearizable; undefined if it is to its end. */
function firstBroken(history: readonly Event[], kind: Kind): number | undefined {
  for (let end = 1; end <= history.length; end++) if (!isLinearizable(history.slice(0, end), kind)) return end - 1;
  return undefined;
}

function firstViolated(history: readonly Event[], monitor: Monitor): number | undefined {
  let state = monitor.start!.state();
  for (const [place, event] of history.entries()) {
    const subject = event.kind === 'emits' ? event.event : 'routine' in event ? event.routine : '';
    for (const { pattern, react } of monitor.reactions)
      if (pattern.kind === event.kind && pattern.subject === subject) {
        state = react(state, event as never);
        if (typeof state === 'object' && state !== null && 'kind' in state) return place;
      }
  }
  return undefined;
}

/** Well-formed histories of three threads: what is drawn for a thread begins a call, or ends the one that is under way. */
const generatedHistory: fc.Arbitrary<readonly Event[]> = fc
  .array(fc.record({ thread: fc.nat(2), value: fc.nat(2), pops: fc.boolean(), clears: fc.nat(9) }), { minLength: 4, maxLength: 13 })
  .map((draws) => {
    const inside: (string | undefined)[] = [];
    return draws.map(({ thread, value, pops, clears }): Event => {
      const name = 'ABC'.charAt(thread);
      const under = inside[thread];
      if (under === undefined && clears === 9) return { kind: 'emits', thread: name, event: 'clear', data: undefined };
      inside[thread] = under === undefined ? (pops ? 'pop' : 'push') : undefined;
      return under === undefined
        ? { kind: 'enters', thread: name, routine: inside[thread]!, parameters: [value] }
        : { kind: 'returns', thread: name, routine: under, parameters: [], value: under === 'push' ? value % 2 : value };
    });
  });

const generated = fc.record({ history: generatedHistory, kind: fc.constantFrom(...kinds) });

function agrees(
  { history, kind }: { readonly history: readonly Event[]; readonly kind: Kind },
  Construction: typeof Linearizations,
): boolean {
  return firstBroken(history, kind) === firstViolated(history, linearizableBy(specified(kind), Construction));
}

test('on generated histories the monitor is violated at the first event after which no order exists', (t) => {
  const seen = { broken: 0, whole: 0 };
  fc.assert(
    fc.property(generated, (each) => {
      if (firstBroken(each.history, each.kind) === undefined) seen.whole++;
      else seen.broken++;
      return agrees(each, Linearizations);
    }),
    { numRuns: Number(process.env['HEDDLE_GENERATED'] ?? 1500), seed: Number(process.env['HEDDLE_SEED'] ?? 1) },
  );
  t.log(JSON.stringify(seen));
  t.true(seen.broken > 100 && seen.whole > 100);
});

type Calls = Parameters<Linearizations<unknown>['entered']>[1][];

class ForgetsInternal<S> extends Linearizations<S> {
  constructor(sequential: Sequential<S>) {
    super({ ...sequential, internal: [] });
  }
}
/** Internal actions happen only before the calls that are linearized in one go. */
class LinearizesOnce<S> extends Linearizations<S> {
  protected override closed(calls: Calls, configurations: readonly Configuration<S>[]): readonly Configuration<S>[] {
    return [...configurations, ...configurations.flatMap((configuration) => this.successors(calls, configuration))];
  }
}
class DropsConfigurations<S> extends Linearizations<S> {
  protected override closed(calls: Calls, configurations: readonly Configuration<S>[]): readonly Configuration<S>[] {
    return super.closed(calls, configurations).slice(0, 6);
  }
}
class TakesFirstEffect<S> extends Linearizations<S> {
  constructor(sequential: Sequential<S>) {
    const first = [...sequential.calls].map(
      ([name, effect]) => [name, (state: S, parameters: readonly unknown[]) => effect(state, parameters).slice(0, 1)] as const,
    );
    super({ ...sequential, calls: new Map(first) });
  }
}
class MatchesAnything<S> extends Linearizations<S> {
  protected override matches(): boolean {
    return true;
  }
}
class MatchesLoosely<S> extends Linearizations<S> {
  protected override matches(specified: unknown, returned: unknown): boolean {
    return Boolean(specified) === Boolean(returned);
  }
}
/** A call that has not returned is taken not to have taken effect. */
class LinearizesAtReturn<S> extends Linearizations<S> {
  protected override successors(calls: Calls, configuration: Configuration<S>): readonly Configuration<S>[] {
    return super.successors(calls, configuration).filter(({ results }) => Object.keys(results).length < 2);
  }
}
/** Forgets what a return has ruled out, if something is left. */
class KeepsResults<S> extends Linearizations<S> {
  override returned(...[history, thread, value]: Parameters<Linearizations<S>['returned']>) {
    const after = super.returned(history, thread, value);
    return after.configurations.length > 0 ? { ...after, configurations: history.configurations } : after;
  }
}

const faults = {
  'internal actions that are forgotten': ForgetsInternal,
  'a closure that ends after one step': LinearizesOnce,
  'configurations that are dropped': DropsConfigurations,
  'effects that are dropped': TakesFirstEffect,
  'results that are not compared': MatchesAnything,
  'results that are compared loosely': MatchesLoosely,
  'calls that take effect at their return only': LinearizesAtReturn,
  'a return that contradicts nothing for later': KeepsResults,
};

const sample = fc.sample(generated, { numRuns: 1500, seed: 2 });

for (const [name, Broken] of Object.entries(faults))
  test(`the comparison notices ${name}`, (t) => {
    t.true(sample.some((each) => !agrees(each, Broken)));
  });
