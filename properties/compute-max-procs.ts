/**
 * The documented guarantees of GOMAXPROCS and the automatic updates. The sentences are ours; they stand for the comment
 * on computeMaxProcsLock and the message of Go commit e481a08e.
 */
import {
  abstraction,
  atOnce,
  changes,
  enters,
  guarantee,
  leadsTo,
  linearizable,
  lockDiscipline,
  lockOrder,
  monitor,
  never,
  noThrow,
  notStuck,
  on,
  returns,
  violated,
  whenHolds,
  writes,
  type Event,
  type Reaction,
  type Violated,
} from 'heddle';
import {
  defaultGOMAXPROCS,
  GOMAXPROCS,
  SetDefaultGOMAXPROCS,
  updateMaxProcsGoroutine,
} from '../models/compute-max-procs/go1.25-e481a08e.ts';
import { gomaxprocs, limit, sched, updateMaxProcsG } from '../models/compute-max-procs/state.ts';

/**
 * Whether a GOMAXPROCS(n) has returned and binds the runtime. A SetDefaultGOMAXPROCS that starts lifts that. One that runs
 * beside the end of the call may take effect after it, so then the call binds nothing: `open` lists the callers inside
 * GOMAXPROCS that none has run beside since they last set gomaxprocs.
 */
interface Binding {
  readonly bound: boolean;
  readonly open: readonly string[];
  /** How many SetDefaultGOMAXPROCS are running. */
  readonly setting: number;
  /** Whether sysmon is inside defaultGOMAXPROCS. */
  readonly computing: boolean;
}

const unbound: Binding = { bound: false, open: [], setting: 0, computing: false };

function without(open: readonly string[], thread: string): readonly string[] {
  return open.filter((name) => name !== thread);
}

function within(open: readonly string[], thread: string): readonly string[] {
  return [...without(open, thread), thread].sort();
}

/** The reactions that keep track of the promise; `binding` says which calls make one. */
function promises(
  binding: (call: Extract<Event, { kind: 'returns' }>) => boolean,
  alsoWrong: (state: Binding) => string | undefined = () => undefined,
): readonly Reaction<Binding>[] {
  return [
    on(enters(SetDefaultGOMAXPROCS), (state: Binding): Binding => ({ ...state, bound: false, open: [], setting: state.setting + 1 })),
    on(returns(SetDefaultGOMAXPROCS), (state: Binding): Binding => ({ ...state, setting: state.setting - 1 })),
    on(enters(GOMAXPROCS), (state: Binding, { thread }): Binding =>
      state.setting === 0 ? { ...state, open: within(state.open, thread) } : state,
    ),
    on(writes(gomaxprocs, { when: ({ thread }) => thread !== 'U' }), (state: Binding, { thread }): Binding =>
      state.setting === 0 ? { ...state, open: within(state.open, thread) } : state,
    ),
    on(returns(GOMAXPROCS), (state: Binding, call) => {
      const next = {
        ...state,
        bound: state.bound || (binding(call) && state.open.includes(call.thread)),
        open: without(state.open, call.thread),
      };
      const wrong = next.bound ? alsoWrong(next) : undefined;
      return wrong === undefined ? next : violated(wrong);
    }),
  ];
}

const anyPositive = ({ parameters }: Extract<Event, { kind: 'returns' }>): boolean => (parameters[0] as number) > 0;
const changed = (call: Extract<Event, { kind: 'returns' }>): boolean => anyPositive(call) && call.parameters[0] !== call.value;

function noAutomaticUpdate(binding: typeof anyPositive) {
  return monitor<Binding>({
    initial: unbound,
    triggered: ({ bound }) => bound,
    reactions: [
      ...promises(binding),
      on(changes(gomaxprocs, { by: 'U' }), (state: Binding, { from, to }) =>
        state.bound
          ? violated(`an automatic update changes gomaxprocs from ${String(from)} to ${String(to)} after GOMAXPROCS has returned`)
          : state,
      ),
    ],
  });
}

function noUpdateSyscalls(binding: typeof anyPositive) {
  return monitor<Binding>({
    initial: unbound,
    triggered: ({ bound }) => bound,
    reactions: [
      ...promises(binding, ({ computing }) => (computing ? 'GOMAXPROCS returns while sysmon is inside defaultGOMAXPROCS' : undefined)),
      on(enters(defaultGOMAXPROCS, { by: 'sysmon' }), (state: Binding) =>
        state.bound ? violated('sysmon enters defaultGOMAXPROCS after GOMAXPROCS has returned') : { ...state, computing: true },
      ),
      on(returns(defaultGOMAXPROCS, { by: 'sysmon' }), (state: Binding): Binding => ({ ...state, computing: false })),
    ],
  });
}

/** Who runs which call, whether the last assignment to gomaxprocs was the user's, and the flag as last written. */
interface Agreement {
  readonly inside: Readonly<Record<string, 'GOMAXPROCS' | 'SetDefaultGOMAXPROCS'>>;
  readonly user: boolean;
  readonly flag: boolean;
}

function leaves(state: Agreement, thread: string): Agreement | Violated {
  const inside = Object.fromEntries(Object.entries(state.inside).filter(([name]) => name !== thread));
  if (Object.keys(inside).length === 0 && state.user && !state.flag)
    return violated('all calls have returned, gomaxprocs is what a user set, and automatic updates are on');
  return { ...state, inside };
}

const agreement = monitor<Agreement>({
  initial: { inside: {}, user: false, flag: false },
  triggered: ({ user }) => user,
  reactions: [
    on(enters(GOMAXPROCS), (state: Agreement, { thread }): Agreement => ({
      ...state,
      inside: { ...state.inside, [thread]: 'GOMAXPROCS' },
    })),
    on(enters(SetDefaultGOMAXPROCS), (state: Agreement, { thread }): Agreement => ({
      ...state,
      inside: { ...state.inside, [thread]: 'SetDefaultGOMAXPROCS' },
    })),
    on(writes(gomaxprocs), (state: Agreement, { thread }): Agreement => ({ ...state, user: state.inside[thread] === 'GOMAXPROCS' })),
    on(writes(sched.customGOMAXPROCS), (state: Agreement, { to }): Agreement => ({ ...state, flag: to === true })),
    on(returns(GOMAXPROCS), (state: Agreement, { thread }) => leaves(state, thread)),
    on(returns(SetDefaultGOMAXPROCS), (state: Agreement, { thread }) => leaves(state, thread)),
  ],
});

/** GOMAXPROCS as one variable and one flag: what the two calls do if nothing runs beside them. */
interface Setting {
  readonly procs: number;
  readonly custom: boolean;
}

const counts = [1, 2];

const oneAtATime = linearizable<Setting>({
  calls: [
    atOnce(GOMAXPROCS, ({ procs, custom }, n) => {
      if (n <= 0) return { state: { procs, custom }, result: procs };
      const off = { state: { procs: n, custom: true }, result: procs };
      // Whether a call with the current value turns updates off is for g1 and g2 to say.
      return n === procs ? [off, { state: { procs, custom }, result: procs }] : off;
    }),
    // The default is what the limit was at some moment; which one is left open, as for updates.
    atOnce(SetDefaultGOMAXPROCS, () => counts.map((procs) => ({ state: { procs, custom: false } }))),
  ],
  internal: [({ custom }) => (custom ? [] : counts.map((procs) => ({ procs, custom: false })))],
  abstraction: abstraction([gomaxprocs, sched.customGOMAXPROCS], (procs, custom) => ({ procs, custom })),
});

const readied = changes(updateMaxProcsG.g, { when: ({ to }) => to === '_Grunnable', as: 'the update goroutine is readied' });

const comment = 'src/runtime/proc.go computeMaxProcsLock, Go e481a08e';
const goroutine = 'src/runtime/proc.go updateMaxProcsGState, Go e481a08e';

export const guarantees = [
  guarantee(
    'g1-no-automatic-update',
    {
      says: 'once GOMAXPROCS(n), n > 0, has returned, no automatic update changes gomaxprocs until SetDefaultGOMAXPROCS is called',
      source: comment,
    },
    noAutomaticUpdate(anyPositive),
  ),
  guarantee(
    'g1-after-a-change',
    {
      says: 'once GOMAXPROCS(n) has changed the value and returned, no automatic update changes gomaxprocs until SetDefaultGOMAXPROCS is called',
      source: comment,
    },
    noAutomaticUpdate(changed),
  ),
  guarantee(
    'g2-no-update-syscalls',
    {
      says: 'once GOMAXPROCS(n), n > 0, has returned, sysmon is not inside defaultGOMAXPROCS until SetDefaultGOMAXPROCS is called',
      source: comment,
    },
    noUpdateSyscalls(anyPositive),
  ),
  guarantee(
    'g2-after-a-change',
    {
      says: 'once GOMAXPROCS(n) has changed the value and returned, sysmon is not inside defaultGOMAXPROCS until SetDefaultGOMAXPROCS is called',
      source: comment,
    },
    noUpdateSyscalls(changed),
  ),
  guarantee(
    'g3-flag-follows-value',
    { says: 'when no call is under way, a value that a user set has automatic updates off', source: comment },
    agreement,
  ),
  guarantee(
    'g3-one-at-a-time',
    {
      says: 'GOMAXPROCS and SetDefaultGOMAXPROCS take effect one at a time, between start and return, and GOMAXPROCS returns the previous setting',
      source: 'src/runtime/debug.go GOMAXPROCS, Go e481a08e',
    },
    oneAtATime,
  ),
  guarantee(
    'g4-one-injection',
    { says: 'sysmon readies the update goroutine at most once before it parks again', source: goroutine },
    never(readied).afterUntil(readied, changes(updateMaxProcsG.g, { when: ({ to }) => to === '_Gwaiting', as: 'it parks' })),
  ),
  guarantee(
    'g4-procs-not-shared',
    { says: 'procs is not written while the update goroutine may read it', source: goroutine },
    never(writes(updateMaxProcsG.procs, { as: 'a write to updateMaxProcsG.procs' })).afterUntil(
      changes(updateMaxProcsG.idle, { when: ({ to }) => to === false, as: 'idle became false' }),
      changes(updateMaxProcsG.idle, { when: ({ to }) => to === true, as: 'idle becomes true again' }),
    ),
  ),
  guarantee(
    'g4-no-throw',
    {
      says: 'no assertion fails: the update goroutine finds itself not idle when it parks, and is waiting when it is readied',
      source: 'src/runtime/proc.go updateMaxProcsGoroutine and casgstatus, Go e481a08e',
    },
    noThrow(),
  ),
  guarantee(
    'g5-updates-can-resume',
    {
      says: 'automatic updates are not turned on again once the goroutine that applies them has ended',
      source: 'src/runtime/debug.go SetDefaultGOMAXPROCS, Go e481a08e',
    },
    never(changes(sched.customGOMAXPROCS, { when: ({ to }) => to === false, as: 'a turning on of automatic updates' })).after(
      returns(updateMaxProcsGoroutine, { as: 'the end of the update goroutine' }),
    ),
  ),
  guarantee(
    'g5-updates-resume',
    {
      says: 'while automatic updates are on, gomaxprocs becomes what the limit allows in the end, also after SetDefaultGOMAXPROCS has turned them on again',
      source: 'src/runtime/debug.go SetDefaultGOMAXPROCS, Go e481a08e',
    },
    leadsTo(
      whenHolds([gomaxprocs, limit, sched.customGOMAXPROCS], (procs, allowed, custom) => !custom && procs !== allowed, {
        as: 'gomaxprocs differs from the limit with updates on, which',
      }),
      whenHolds([gomaxprocs, limit, sched.customGOMAXPROCS], (procs, allowed, custom) => custom || procs === allowed, {
        as: 'an update',
      }),
    ).globally(),
  ),
  guarantee(
    'g6-calls-return',
    { says: 'every call of GOMAXPROCS returns', source: comment },
    leadsTo(enters(GOMAXPROCS, { as: 'a call of GOMAXPROCS' }), returns(GOMAXPROCS, { as: 'its return' }), { each: 'thread' }).globally(),
  ),
  guarantee(
    'g6-no-deadlock',
    { says: 'nobody waits in a circle for mutexes and the world, and no run ends with somebody waiting', source: comment },
    notStuck(),
  ),
  guarantee(
    'g6-lock-discipline',
    {
      says: 'no mutex is held while the world is being stopped, or misused',
      source: 'src/runtime/proc.go stopTheWorldWithSema, Go e481a08e',
    },
    lockDiscipline(),
  ),
  guarantee(
    'g6-lock-order',
    { says: 'mutexes are taken in the order of lockrank.go', source: 'src/runtime/mklockrank.go, Go e481a08e' },
    lockOrder(),
  ),
];
