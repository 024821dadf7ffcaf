/** Shared state of the protocol. src/runtime/proc.go, runtime2.go and trace.go at Go commit c847589a. */
import { array, bool, int, mutex, oneOf, record, type Variable } from 'heddle';
import { baton } from '../runtime/baton.ts';

/** T starts and stops traces, X and Y wait to be injected, S makes system calls, E belongs to an extra M (a callback from C). */
export const goroutines = ['T', 'X', 'Y', 'S', 'E'] as const;
export type G = (typeof goroutines)[number];

export type Status = '_Gdead' | '_Gwaiting' | '_Grunnable' | '_Grunning' | '_Gsyscall';

/** A time stamp, as far as anybody compares it: none, or before or after trace.ticksStart. */
export type Ticks = 'none' | 'before' | 'after';

/** A processor by name, or `nil`: no processor. */
export type PName = 'nil' | 'P0' | 'P1';

/** What sysmon finds a goroutine by: netpoll's list, scavenge.parked or forcegc.idle. */
export type WaitsFor = 'nothing' | 'netpoll' | 'scavenge' | 'forcegc';

export type Goroutine = {
  readonly atomicstatus: Variable<Status>;
  readonly traceseq: Variable<number>;
  readonly tracelastp: Variable<PName>;
  readonly sysblocktraced: Variable<boolean>;
  readonly sysexitticks: Variable<Ticks>;
  /** In a system call, or not executed since: gp.syscallsp != 0. */
  readonly syscallsp: Variable<boolean>;
  readonly waitsFor: Variable<WaitsFor>;
};

function goroutine(name: G): Goroutine {
  return record(name, {
    atomicstatus: oneOf<Status>(['_Gdead', '_Gwaiting', '_Grunnable', '_Grunning', '_Gsyscall']),
    traceseq: int({ to: 7 }),
    tracelastp: oneOf<PName>(['nil', 'P0', 'P1']),
    sysblocktraced: bool(),
    sysexitticks: oneOf<Ticks>(['none', 'before', 'after']),
    syscallsp: bool(),
    waitsFor: oneOf<WaitsFor>(['nothing', 'netpoll', 'scavenge', 'forcegc']),
  });
}

export const gs = {
  T: goroutine('T'),
  X: goroutine('X'),
  Y: goroutine('Y'),
  S: goroutine('S'),
  E: goroutine('E'),
} as const;

/** `retaken`: a P on no list that belongs to whoever took it: _Pidle between retake and handoffp, _Pgcstop before stopwait goes down. */
export type PStatus = '_Pidle' | 'retaken' | '_Prunning' | '_Psyscall' | '_Pgcstop';

export const allp = array('allp', 2, (name) =>
  record(name, {
    status: oneOf<PStatus>(['_Pgcstop', '_Pidle', 'retaken', '_Prunning', '_Psyscall']),
    /** Whose turn it is; undefined: the M that serves the P. */
    curg: baton(goroutines),
    /** Modulo 4: it is compared for equality during one system call only. */
    syscalltick: int({ to: 3 }),
  }),
);

/** Goroutines in the global run queue, the head first. No scenario has both Y and E. */
const queues = ((): readonly string[] => {
  const longer = (queue: readonly G[]): readonly (readonly G[])[] => [
    queue,
    ...goroutines.filter((g) => !queue.includes(g)).flatMap((g) => longer([...queue, g])),
  ];
  return longer([])
    .filter((queue) => !(queue.includes('Y') && queue.includes('E')))
    .map((queue) => queue.join(' '));
})();

export const sched = record('sched', {
  /** Held by sysmon while it works: what the commit adds. */
  sysmonlock: mutex({ rank: 'sysmon' }),
  lock: mutex({ rank: 'sched' }),
  gcwaiting: bool(),
  /** The global run queue: `'T X'`. */
  runq: oneOf<string>(queues as [string, ...string[]]),
});

export const trace = record('trace', {
  bufLock: mutex({ rank: 'traceBuf' }),
  lock: mutex({ rank: 'trace' }),
  enabled: bool(),
  shutdown: bool(),
});

export const scavenge = record('scavenge', { lock: mutex({ rank: 'scavenge' }) });
export const forcegc = record('forcegc', { lock: mutex({ rank: 'forcegc' }) });

/** The rows of lockPartialOrder (src/runtime/lockrank.go, Go c847589a) for the ranks used here. */
export const ranks = {
  sysmon: [],
  scavenge: ['sysmon'],
  forcegc: ['sysmon'],
  sched: ['sysmon', 'scavenge', 'forcegc'],
  traceBuf: ['sysmon', 'scavenge'],
  trace: ['sysmon', 'scavenge', 'forcegc', 'sched', 'traceBuf'],
} as const;
