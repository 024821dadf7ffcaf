import { changes, emits, enters, guarantee, monitor, on, returns, violated, writes, type Reaction } from 'heddle';
import { defaultGOMAXPROCS } from './simplified.ts';
import { gomaxprocs, sched, stopped } from './state.ts';

/** The guarantee of ../compute-max-procs/guarantees.ts, as a monitor: a step property sees every step, which leaves nothing to reduce. */
const changesInAStoppedWorld = monitor<boolean>({
  initial: false,
  reactions: [
    on(changes(stopped), (_: boolean, { to }) => to === true),
    on(changes(gomaxprocs), (isStopped: boolean, { from, to }) =>
      isStopped ? isStopped : violated(`gomaxprocs changes from ${String(from)} to ${String(to)} while the world runs`),
    ),
  ],
});

/**
 * Whether some GOMAXPROCS(n) that changed the value has returned, and binds the runtime while updates stay off. In the
 * simplified protocol nobody is waited for when the world stops, so an update that has begun may take back the flag of a
 * call that is still under way: that call binds nothing. `standing` lists the callers inside whose flag still stands.
 */
interface Binding {
  readonly bound: boolean;
  readonly standing: readonly string[];
  /** Whether sysmon is inside defaultGOMAXPROCS. */
  readonly computing: boolean;
}
const unbound: Binding = { bound: false, standing: [], computing: false };

const speaks = on(writes(sched.customGOMAXPROCS, { when: ({ to }) => to === true }), (state: Binding, { thread }): Binding => ({
  ...state,
  standing: [...state.standing.filter((name) => name !== thread), thread].sort(),
}));
const returned = (state: Binding, thread: string): Binding => ({
  ...state,
  bound: state.bound || state.standing.includes(thread),
  standing: state.standing.filter((name) => name !== thread),
});
const silenced = changes(sched.customGOMAXPROCS, { when: ({ to }) => to === false });

const noAutomaticUpdate = monitor<Binding>({
  initial: unbound,
  triggered: ({ bound }) => bound,
  reactions: [
    speaks,
    on(emits('returned'), (state: Binding, { thread }) => returned(state, thread)),
    on(silenced, (state: Binding) => (state.bound ? violated('an automatic update turns updates on again') : unbound)),
    on(changes(gomaxprocs, { by: 'U' }), (state: Binding, { from, to }) =>
      state.bound ? violated(`an automatic update changes gomaxprocs from ${String(from)} to ${String(to)}`) : state,
    ),
  ],
});

const noUpdateSyscalls = monitor<Binding>({
  initial: unbound,
  triggered: ({ bound }) => bound,
  reactions: [
    speaks,
    on(emits('returned'), (state: Binding, { thread }) => {
      const next = returned(state, thread);
      return next.bound && next.computing ? violated('GOMAXPROCS returns while sysmon is inside defaultGOMAXPROCS') : next;
    }),
    on(silenced, (state: Binding): Binding => ({ ...unbound, computing: state.computing })),
    on(enters(defaultGOMAXPROCS), (state: Binding) =>
      state.bound ? violated('sysmon enters defaultGOMAXPROCS after GOMAXPROCS has returned') : { ...state, computing: true },
    ),
    on(returns(defaultGOMAXPROCS), (state: Binding): Binding => ({ ...state, computing: false })),
  ] satisfies readonly Reaction<Binding>[],
});

const comment = 'src/runtime/proc.go computeMaxProcsLock, Go e481a08e';

export const guarantees = [
  guarantee(
    'changes-in-a-stopped-world',
    { says: 'gomaxprocs changes only while the world is stopped', source: 'src/runtime/proc.go, procresize' },
    changesInAStoppedWorld,
  ),
  guarantee(
    'no-automatic-update',
    {
      says: 'once GOMAXPROCS(n) has changed the value and returned, no automatic update changes gomaxprocs or turns updates on again',
      source: comment,
    },
    noAutomaticUpdate,
  ),
  guarantee(
    'no-update-syscalls',
    {
      says: 'once GOMAXPROCS(n) has changed the value and returned, sysmon is not inside defaultGOMAXPROCS while updates stay off',
      source: comment,
    },
    noUpdateSyscalls,
  ),
];
