/**
 * The documented guarantees of StartTrace and StopTrace beside sysmon. The sentences are ours; they stand for the message of
 * Go commit c847589a and the comments in src/runtime/trace.go and proc.go.
 */
import {
  acceptor,
  appends,
  changes,
  emits,
  guarantee,
  lockDiscipline,
  lockOrder,
  monitor,
  noThrow,
  notStuck,
  on,
  violated,
  writes,
  type Event,
} from 'heddle';
import { gs, goroutines, type G } from '../models/sysmon-trace/state.ts';
import { reject, type Entry } from './sysmon-trace/parser.ts';

type Emitted = Extract<Event, { kind: 'emits' }>;
type Written = Extract<Entry, { buffer: string }>;

const traceEvent = emits('traceEvent');
const entryOf = ({ data }: Emitted): Written => data as Written;

/** exitsyscall records a time for g. */
const recorded = (g: G) =>
  writes(gs[g].sysexitticks, {
    when: ({ to }) => to === 'after',
    as: `${g} records when its system call ended`,
  });

const accepted = acceptor<Entry>({
  writes: [
    appends<Entry, Emitted>(traceEvent, entryOf),
    // Before the first event of a trace nobody can refer to it.
    ...goroutines.map((g) =>
      appends<Entry, Extract<Event, { kind: 'writes' }>>(recorded(g), (_event, stream) => (stream.length === 0 ? undefined : { mark: g })),
    ),
  ],
  complete: emits('flush'),
  judge: reject,
});

interface Left {
  readonly flushed: boolean;
  readonly something: boolean;
}

const nothingLeft = monitor<Left>({
  initial: { flushed: false, something: false },
  triggered: ({ flushed }) => flushed,
  reactions: [
    on(emits('flush'), (): Left => ({ flushed: true, something: false })),
    on(traceEvent, (left: Left): Left => (left.flushed ? { ...left, something: true } : left)),
    on(emits('all buffers empty'), (left: Left) =>
      left.something ? violated('trace: non-empty trace buffer') : { flushed: false, something: false },
    ),
  ],
});

/** What the trace says of each goroutine, as far as an event may be missing, and who of X and Y really waits. */
interface Told {
  /** GoWaiting or GoInSyscall was the last that was said of it. */
  readonly waiting: readonly G[];
  /** They all do at first. */
  readonly waits: readonly G[];
  readonly began: boolean;
}

function toldOf(g: G | undefined, { waiting }: Told, now: boolean): readonly G[] {
  const others = waiting.filter((other) => other !== g);
  return now && g !== undefined ? [...others, g].sort() : others;
}

const waiters = ['X', 'Y'] as const;
const missing = (g: G): string => `${g} has become runnable after the snapshot, and no event tells`;

const noMissingEvent = monitor<Told>({
  initial: { waiting: [], waits: waiters, began: false },
  triggered: ({ began }) => began,
  reactions: [
    on(emits('flush'), (told: Told): Told => ({ ...told, waiting: [] })),
    on(traceEvent, (told: Told, event) => {
      const { type, g } = entryOf(event) as { readonly type: string; readonly g?: G };
      const next = (now: boolean): Told => ({
        ...told,
        began: true,
        waiting: toldOf(g, told, now),
      });
      if (type === 'GoWaiting' && g !== undefined) return told.waits.includes(g) ? next(true) : violated(missing(g));
      if (type === 'GoInSyscall') return next(true);
      if (type === 'GoUnblock' || type === 'GoUnblockLocal' || type === 'GoSysExit') return next(false);
      if ((type === 'GoStart' || type === 'GoStartLocal') && g !== undefined && told.waiting.includes(g))
        return violated(`${g} starts, and no event tells that it no longer waits`);
      return told;
    }),
    ...waiters.map((g) =>
      on(changes(gs[g].atomicstatus), (told: Told, { to }) => {
        if (to === '_Grunnable' && told.waits.includes(g) && told.waiting.includes(g)) return violated(missing(g));
        return { ...told, waits: waiters.filter((other) => (other === g ? to === '_Gwaiting' : told.waits.includes(other))) };
      }),
    ),
  ],
});

/** The system calls that the trace speaks of. */
interface Calls {
  /** By buffer: who runs on its P, as the events before say. */
  readonly running: Readonly<Record<string, G>>;
  /** By goroutine: that its call blocks has been written, or a time for its end has been recorded, in which order. */
  readonly calls: Readonly<Record<string, 'blocks' | 'ends' | 'ends, blocks' | 'blocks, ends'>>;
  readonly exited: boolean;
}

function afterBlock({ calls }: Calls, g: G): Calls['calls'] {
  return {
    ...calls,
    [g]: calls[g] === 'ends' || calls[g] === 'ends, blocks' ? 'ends, blocks' : 'blocks',
  };
}

const exitsAfterBlock = monitor<Calls>({
  initial: { running: {}, calls: {}, exited: false },
  triggered: ({ exited }) => exited,
  reactions: [
    on(emits('flush'), ({ exited }: Calls): Calls => ({ running: {}, calls: {}, exited })),
    ...goroutines.map((g) =>
      on(recorded(g), (state: Calls): Calls => {
        const known = state.calls[g];
        return {
          ...state,
          calls: {
            ...state.calls,
            [g]: known === undefined || known === 'ends' ? 'ends' : 'blocks, ends',
          },
        };
      }),
    ),
    on(traceEvent, (state: Calls, event) => {
      const { type, g, ts, buffer } = entryOf(event) as Written & { readonly g?: G };
      if ((type === 'GoStart' || type === 'GoStartLocal') && g !== undefined)
        return {
          ...state,
          running: { ...state.running, [buffer]: g },
          calls: without(state.calls, g),
        };
      if (type === 'GoInSyscall' && g !== undefined) return { ...state, calls: afterBlock(state, g) };
      const runs = state.running[buffer];
      if (type === 'GoSysBlock' && runs !== undefined) return { ...state, calls: afterBlock(state, runs) };
      if (type !== 'GoSysExit' || g === undefined) return state;
      const call = state.calls[g];
      if (call === undefined || call === 'ends') return violated(`GoSysExit of ${g}, and no event tells that its system call blocked`);
      if (ts === 'recorded' && call === 'ends, blocks')
        return violated(`GoSysExit of ${g} has an earlier time than the event that its system call blocks`);
      return { ...state, calls: without(state.calls, g), exited: true };
    }),
  ],
});

function without(calls: Calls['calls'], g: G): Calls['calls'] {
  return Object.fromEntries(Object.entries(calls).filter(([name]) => name !== g));
}

const message = 'message of Go commit c847589a';
const startTrace = 'src/runtime/trace.go StartTrace, Go c847589a';

export const guarantees = [
  guarantee('t1-accepted', { says: 'the trace parser accepts every trace that is produced', source: message }, accepted),
  guarantee(
    't1-nothing-left',
    {
      says: 'when StopTrace returns, no buffer holds an event',
      source: 'src/runtime/trace.go StopTrace, Go c847589a',
    },
    nothingLeft,
  ),
  guarantee(
    't2-no-missing-event',
    {
      says: 'a goroutine that becomes runnable after the snapshot has an event that says so',
      source: startTrace,
    },
    noMissingEvent,
  ),
  guarantee(
    't3-exit-after-block',
    {
      says: 'GoSysExit comes strictly after GoSysBlock or GoInSyscall of the same system call',
      source: 'src/runtime/proc.go entersyscall, Go c847589a',
    },
    exitsAfterBlock,
  ),
  guarantee(
    't4-lock-discipline',
    {
      says: 'StartTrace and StopTrace give sysmonlock back, and do not hold it while they stop the world',
      source: startTrace,
    },
    lockDiscipline(),
  ),
  guarantee('t5-no-deadlock', { says: 'nobody waits for ever for a lock, a P or the end of a system call', source: message }, notStuck()),
  guarantee(
    't5-lock-order',
    {
      says: 'mutexes are taken in the order of lockrank.go',
      source: 'src/runtime/lockrank.go, Go c847589a',
    },
    lockOrder(),
  ),
  guarantee(
    't5-no-throw',
    {
      says: 'no assertion of the runtime fails',
      source: 'src/runtime/proc.go casgstatus, Go c847589a',
    },
    noThrow(),
  ),
];
