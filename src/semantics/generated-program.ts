/** Test support: programs as plain data, and the routines that run them. Results decide what comes next, so histories matter. */
import { array, gate, ghost, int, mutex, plain, semaphore } from '../model/handle.ts';
import type { Body } from '../model/operation.ts';
import {
  acquire,
  acquirem,
  atomically,
  choose,
  compareAndSwap,
  emit,
  ensure,
  fetchAdd,
  load,
  lock,
  mayWaitForever,
  release,
  releasem,
  self,
  set,
  start,
  stop,
  store,
  swap,
  tryLock,
  unlock,
  update,
  waitUntil,
} from '../model/operations.ts';
import { again, become, done, loop, routine, type Again, type Done, type Routine } from '../model/routine.ts';

/** A register's value plus something, or a constant (`register` undefined). */
export interface Value {
  readonly register?: number;
  readonly plus: number;
}

export type Statement =
  | { readonly kind: 'load' | 'fetchAdd' | 'self'; readonly variable: number; readonly into: number }
  | { readonly kind: 'store'; readonly variable: number; readonly value: Value; readonly ghost: number }
  | { readonly kind: 'swap' | 'compareAndSwap'; readonly variable: number; readonly value: Value; readonly into: number }
  | { readonly kind: 'lock' | 'unlock' | 'tryLock' | 'acquire' | 'release'; readonly which: number; readonly into: number }
  | { readonly kind: 'acquirem' | 'releasem' | 'stop' | 'start' }
  | { readonly kind: 'locked'; readonly which: number; readonly body: Program }
  | { readonly kind: 'pinned' | 'worldStopped'; readonly body: Program }
  | { readonly kind: 'waitUntil'; readonly value: Value; readonly patient: boolean }
  | { readonly kind: 'exchange'; readonly blockedAt: Value; readonly faultAt: number; readonly into: number }
  | { readonly kind: 'choose'; readonly count: number; readonly into: number }
  | { readonly kind: 'emit'; readonly event: string; readonly value: Value }
  | { readonly kind: 'ensure'; readonly register: number; readonly differs: number }
  | { readonly kind: 'branch'; readonly register: number; readonly equals: number; readonly yes: Program; readonly no: Program }
  | { readonly kind: 'call'; readonly routine: number; readonly body: Program; readonly value: Value; readonly into: number }
  | { readonly kind: 'loop'; readonly body: Program; readonly value: Value; readonly rounds: number; readonly into: number }
  | { readonly kind: 'become'; readonly routine: number; readonly body: Program; readonly value: Value };

export type Program = readonly Statement[];

const x = plain('x', int({ to: 1 }));
const y = int('y', { to: 2 });
/** Added to; more than the short runs of these programs add up to in practice, as leaving a domain would be an error. */
const count = int('count', { to: 9 });
const last = ghost('last', int({ to: 2 }));
const sum = ghost('sum', int({ to: 3 }));
const world = gate('world');
const mutexes = array('mutex', 3, (name, index) => mutex(name, index < 2 ? { rank: 'ab'.charAt(index) } : {}));
const semaphores = array('semaphore', 2, (name, index) =>
  semaphore(name, index === 0 ? { initial: 1, limit: 2 } : { initial: 0, onlyBehind: world }),
);

/** The handles that programs speak of; the wide ones, which none does, spread states over several words. */
export const pool = { x, y, count, last, sum, mutexes, semaphores, world, wide: array('wide', 2, (name) => int(name, { to: 40_000 })) };
const variables = [x, y];

const of = (value: Value, registers: readonly number[]): number =>
  ((value.register === undefined ? 0 : registers[value.register]!) + value.plus) % 3;

/** Runs a program on three registers, numbers from 0 to 2. `left`: how many rounds of a loop are left, if this is the body of one. */
function* run(program: Program, registers: number[], left?: number): Body<unknown> {
  for (const statement of program) {
    const into = 'into' in statement ? statement.into : 0;
    const variable = variables['variable' in statement ? statement.variable : 0]!;
    const value = 'value' in statement ? of(statement.value, registers) : 0;
    const within = value % variable.domain.size;
    switch (statement.kind) {
      case 'load':
        registers[into] = yield* load(variable, {
          ghost: update(last, [x, sum], (_old, beside, so) => ((beside as number) + (so as number)) % 3),
        });
        break;
      case 'store':
        yield* store(
          variable,
          within,
          statement.ghost === 0 ? {} : { ghost: [set(last, value), update(sum, (old) => (old + statement.ghost) % 4)] },
        );
        break;
      case 'swap':
        registers[into] = yield* swap(variable, within, { ghost: update(last, (_old, result) => result as number) });
        break;
      case 'compareAndSwap':
        registers[into] = (yield* compareAndSwap(variable, within, (within + 1) % variable.domain.size)) ? 1 : 0;
        break;
      case 'fetchAdd':
        registers[into] = (yield* fetchAdd(count, 1)) % 3;
        break;
      case 'self':
        registers[into] = (yield* self()) % 3;
        break;
      case 'lock':
        yield* lock(mutexes.at(statement.which));
        break;
      case 'unlock':
        yield* unlock(mutexes.at(statement.which));
        break;
      case 'tryLock':
        if (!(yield* tryLock(mutexes.at(statement.which)))) break;
        registers[into] = 1;
        yield* unlock(mutexes.at(statement.which));
        break;
      case 'acquire':
        yield* acquire(semaphores.at(statement.which % 2));
        break;
      case 'release':
        yield* release(semaphores.at(statement.which % 2));
        break;
      case 'acquirem':
        yield* acquirem();
        break;
      case 'releasem':
        yield* releasem();
        break;
      case 'stop':
        yield* stop(world);
        break;
      case 'start':
        yield* start(world);
        break;
      case 'locked':
        yield* lock(mutexes.at(statement.which));
        yield* run(statement.body, registers, left);
        yield* unlock(mutexes.at(statement.which));
        break;
      case 'pinned':
        yield* acquirem();
        yield* run(statement.body, registers, left);
        yield* releasem();
        break;
      case 'worldStopped':
        yield* stop(world);
        yield* run(statement.body, registers, left);
        yield* start(world);
        break;
      case 'waitUntil': {
        const waiting = waitUntil([x, y], (a, b) => (a + b) % 3 === value);
        yield* statement.patient ? mayWaitForever(waiting) : waiting;
        break;
      }
      case 'exchange': {
        const blockedAt = of(statement.blockedAt, registers);
        registers[into] = yield* atomically([x, y], (a, b) => {
          if (b === blockedAt) return 'blocked';
          if (b === statement.faultAt) return { fault: 'the exchange fails' };
          return a === 1 && b === 0 ? { result: 2 } : { to: [b % 2, a], result: b };
        });
        break;
      }
      case 'choose':
        registers[into] = yield* choose(0, ...Array.from({ length: statement.count }, (_, index) => index + 1));
        break;
      case 'emit':
        yield* emit(statement.event, { value });
        break;
      case 'ensure':
        yield* ensure(registers[statement.register] !== statement.differs, 'the register is as it should not be');
        break;
      case 'branch':
        yield* run(registers[statement.register] === statement.equals ? statement.yes : statement.no, registers, left);
        break;
      case 'call':
        registers[into] = yield* subroutines[statement.routine]!(statement.body, value);
        break;
      case 'loop':
        registers[into] = yield* loop(round, { body: statement.body, value, left: statement.rounds });
        break;
      case 'become':
        if (left === undefined) yield* become(subroutines[statement.routine]!, statement.body, value);
        else yield* become(detour, { body: statement.body, value, left });
    }
  }
  return undefined;
}

const subroutine = (name: string): Routine<[Program, number], number> =>
  routine(name, function* (program: Program, given: number) {
    const registers = [given, 0, 0];
    yield* run(program, registers);
    return registers[0]!;
  });

/** What generated programs call: the same but for their names, which properties observe. */
export const subroutines = [subroutine('alpha'), subroutine('beta')];

export interface Round {
  readonly body: Program;
  readonly value: number;
  readonly left: number;
}

/** Runs the body until its first register is 2 or the rounds are used up; the register is carried. */
export const round = routine('round', function* ({ body, value, left }: Round) {
  const registers = [value, 0, 0];
  yield* run(body, registers, left);
  return roundEnded(body, registers, left);
});

/** What a round may become: it takes a step more, so that it shows which of the two goes round. */
const detour = routine('detour', function* ({ body, value, left }: Round) {
  yield* emit('pong', { value });
  const registers = [value, 0, 0];
  yield* run(body, registers, left);
  return roundEnded(body, registers, left);
});

function roundEnded(body: Program, [carried = 0]: readonly number[], left: number): Again<Round> | Done<number> {
  return left === 0 || carried === 2 ? done(carried) : again({ body, value: carried, left: left - 1 });
}

/** Runs the body in the middle of which it may become something else: what goes round is still this one. */
export const turn = routine('turn', function* (body: Program, given: number) {
  const registers = [given, 0, 0];
  registers[1] = yield* load(y);
  yield* run(body, registers);
});
