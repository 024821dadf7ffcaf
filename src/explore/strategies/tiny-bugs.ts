/** For tests and benchmarks: bugs of known depth (Burckhardt et al. 2010, section 2), each the failure of an `ensure`. */
import { System } from '../../kernel/system.ts';
import { bool, int } from '../../model/handle.ts';
import { ensure, load, store } from '../../model/operations.ts';
import { scenario, thread, type Thread } from '../../model/protocol.ts';
import { routine } from '../../model/routine.ts';
import { withBuiltIn } from '../../property/property.ts';

const ready = bool('ready');
const noise = bool('noise');
const counter = int('counter', { to: 2 });
const done = int('done', { to: 2 });
const phase = int('phase', { to: 2 });

const initialise = routine('initialise', function* () {
  yield* store(noise, true);
  yield* store(ready, true);
});
const use = routine('use', function* () {
  const seen = yield* load(ready);
  yield* ensure(seen, 'used before it is ready');
});
const bystander = routine('bystander', function* () {
  yield* store(noise, false);
  yield* store(noise, true);
  yield* store(noise, false);
});
const increment = routine('increment', function* () {
  const seen = yield* load(counter);
  yield* store(counter, seen + 1);
  const finished = yield* load(done);
  yield* store(done, finished + 1);
  if (finished === 1) yield* ensure((yield* load(counter)) === 2, 'an update is lost');
});
const advance = routine('advance', function* () {
  yield* store(phase, 1);
  yield* store(phase, 2);
});
const watch = routine('watch', function* () {
  const first = yield* load(phase);
  const second = yield* load(phase);
  yield* ensure(first !== 1 || second !== 2, 'seen in between and after');
});

export interface TinyBug {
  readonly name: string;
  /** How many orderings force it. */
  readonly depth: 1 | 2 | 3;
  /** k: steps of every schedule at most. */
  readonly steps: number;
  readonly system: () => System;
}

function tiny(name: string, depth: TinyBug['depth'], steps: number, ...threads: Thread[]): TinyBug {
  const handles = [ready, noise, counter, done, phase];
  return { name, depth, steps, system: () => new System(handles, undefined, scenario({ threads }), withBuiltIn([], false)) };
}

/** One bug a depth, alone and beside a bystander. */
export const tinyBugs: readonly TinyBug[] = [
  tiny('order violation', 1, 3, thread('A', initialise()), thread('B', use())),
  tiny('order violation beside a bystander', 1, 6, thread('A', initialise()), thread('B', use()), thread('C', bystander())),
  tiny('lost update', 2, 9, thread('A', increment()), thread('B', increment())),
  tiny('lost update beside a bystander', 2, 12, thread('A', increment()), thread('B', increment()), thread('C', bystander())),
  tiny('two reads around a write', 3, 4, thread('A', advance()), thread('B', watch())),
  tiny('two reads around a write beside a bystander', 3, 7, thread('A', advance()), thread('B', watch()), thread('C', bystander())),
];

/** The guarantee that the bugs break. */
export function noThrowOf(system: System): number {
  return system.guarantees.findIndex(({ property }) => property.kind === 'noThrow');
}
