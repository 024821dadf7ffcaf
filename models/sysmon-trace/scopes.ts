/** What the protocol is checked on: T starts and stops traces as it likes, X is injected by sysmon, S makes system calls. */
import { again, choose, done, forever, given, loop, routine, scenario, scope, thread, type Scenario } from 'heddle';
import { awaitTurn } from '../runtime/baton.ts';
import { goroutine } from '../runtime/world.ts';
import { eventsOf } from './events.ts';
import { casgstatus, processorsOf, type Processors } from './processors.ts';
import { allp, gs, sched, type G, type WaitsFor } from './state.ts';
import { sysmonOf } from './sysmon.ts';
import { tracerOf } from './tracer.ts';
import type { Version } from './version.ts';

export interface Size {
  readonly procs: 1 | 2;
  /** Calls of T: these, or how many of its choice. */
  readonly calls: number | readonly Call[];
  /** Whether X is there, and how often it parks again. */
  readonly parks?: number;
  /** Whether X writes an event of its own whenever it runs. */
  readonly logs?: boolean;
  /** Whether Y waits for the network beside X, and ends when it has been injected. */
  readonly second?: boolean;
  /** What X may wait for. */
  readonly waitsFor?: readonly [Exclude<WaitsFor, 'nothing'>, ...Exclude<WaitsFor, 'nothing'>[]];
  /** Whether S is there, and how many system calls it makes. */
  readonly syscalls?: number;
}

interface On {
  readonly p: number;
  readonly left: number;
}

/** What T may call. */
export type Call = 'Gosched' | 'StartTrace' | 'StopTrace';

function tracerThread({ StartTrace, StopTrace }: ReturnType<typeof tracerOf>, { ps, goschedImpl, goexit }: Processors) {
  /** Evaluates to the P that T goes on with. */
  function* perform(next: Call, p: number) {
    if (next === 'StartTrace') yield* StartTrace(p);
    if (next === 'StopTrace') return yield* StopTrace(p);
    return next === 'Gosched' ? yield* goschedImpl('T', p, 'GoSched') : p;
  }
  /** What was begun is ended: a trace that nobody stops is judged by nobody. */
  function* exit(p: number) {
    yield* goexit('T', yield* StopTrace(p));
  }

  const call = routine('call', function* ({ p, left }: On) {
    const next = left === 0 ? 'exit' : yield* choose('StartTrace', 'StopTrace', 'Gosched', 'exit');
    if (next === 'exit') {
      yield* exit(p);
      return done();
    }
    return again({ p: yield* perform(next, p), left: left - 1 });
  });
  const chooses = routine('tracer', function* (left: number) {
    const p = yield* awaitTurn(ps, 'T');
    yield* loop(call, { p, left });
  });

  const told = routine('told', function* ({ p, calls }: { readonly p: number; readonly calls: readonly Call[] }) {
    const [next, ...rest] = calls;
    if (next === undefined) {
      yield* exit(p);
      return done();
    }
    return again({ p: yield* perform(next, p), calls: rest });
  });
  const follows = routine('tracer', function* (calls: readonly Call[]) {
    const p = yield* awaitTurn(ps, 'T');
    yield* loop(told, { p, calls });
  });
  return (calls: number | readonly Call[]) => (typeof calls === 'number' ? chooses(calls) : follows(calls));
}

/** X or Y: whenever it runs it parks again, `parks` times at most, and then ends. */
function waiterThread(
  g: 'X' | 'Y',
  { ps, gopark, userLog, goexit }: Processors,
  { logs = false, waitsFor }: Pick<Size, 'logs' | 'waitsFor'>,
) {
  const [first = 'netpoll', ...others] = waitsFor ?? [];
  const run = routine('run', function* (left: number) {
    const turn = yield* awaitTurn(ps, g);
    const p = logs ? yield* userLog(g, turn) : turn;
    if (left === 0) {
      yield* goexit(g, p);
      return done();
    }
    yield* gopark(g, p, others.length === 0 ? first : yield* choose(first, ...others));
    return again(left - 1);
  });
  return routine('waiter', function* (left: number) {
    yield* loop(run, left);
  });
}

function syscallThread({ ps, entersyscall, exitsyscall, goexit }: Processors) {
  const call = routine('syscall', function* ({ p, left }: On) {
    if (left === 0) {
      yield* goexit('S', p);
      return done();
    }
    const tick = yield* entersyscall('S', p);
    return again({ p: yield* exitsyscall('S', p, tick), left: left - 1 });
  });
  return routine('syscalls', function* (left: number) {
    const p = yield* awaitTurn(ps, 'S');
    yield* loop(call, { p, left });
  });
}

/** E: a thread of C calls Go. needm: the goroutine of an extra M comes to life in a system call, without a P; dropm: it dies in one. */
function callbackThread({ entersyscall, exitsyscall }: Processors) {
  return routine('callback', function* () {
    yield* casgstatus('E', '_Gdead', '_Gsyscall');
    const p = yield* exitsyscall('E', undefined, 0);
    yield* entersyscall('E', p);
    yield* casgstatus('E', '_Gsyscall', '_Gdead');
  });
}

/** What the threads of some scenarios run, made once for each number of Ps and cast. */
function stageOf(version: Version, procs: 1 | 2, beside: readonly G[]) {
  const events = eventsOf(version);
  const processors = processorsOf(procs, events);
  const waiters = new Map<string, ReturnType<typeof waiterThread>>();
  return {
    processors,
    tracer: tracerThread(tracerOf(version, ['T', ...beside], events, processors), processors),
    waiter: (size: Size): ReturnType<typeof waiterThread> => {
      const kind = `${size.logs} ${size.waitsFor?.join(' ')}`;
      const waiter = waiters.get(kind) ?? waiterThread('X', processors, size);
      waiters.set(kind, waiter);
      return waiter;
    },
    second: waiterThread('Y', processors, {}),
    syscalls: syscallThread(processors),
    callback: callbackThread(processors),
    sysmon: sysmonOf(version, events, processors),
  };
}

/** Beside a callback from C the others do less: X waits for the network, once, and nobody logs. */
function besideCallback(size: Size): Size {
  return { ...size, parks: 0, logs: false, waitsFor: ['netpoll'] };
}

/** What makes scenarios of a version. */
export function buildOf(version: Version): (size: Size) => Scenario {
  const stages = new Map<string, ReturnType<typeof stageOf>>();
  return (given) => {
    const size = version.cast === undefined ? given : besideCallback(given);
    const beside: readonly G[] = version.cast ?? [
      ...(size.parks === undefined ? [] : ['X' as const]),
      ...(size.second === true ? ['Y' as const] : []),
      ...(size.syscalls === undefined ? [] : ['S' as const]),
    ];
    const kind = `${size.procs} ${beside.join(' ')}`;
    const stage = stages.get(kind) ?? stageOf(version, size.procs, beside);
    stages.set(kind, stage);
    return build(stage, beside, size);
  };
}

function build(
  { processors, tracer, waiter, second, syscalls, callback, sysmon }: ReturnType<typeof stageOf>,
  beside: readonly G[],
  size: Size,
) {
  const has = (g: G): boolean => beside.includes(g);
  const { ids } = processors;
  // With one P, S has it first, and T gets it as soon as it is retaken.
  const ofS = size.procs === 1 ? 0 : 1;
  const first = (p: number): G | undefined => (has('S') && p === ofS ? 'S' : p === 0 ? 'T' : undefined);
  const queued = first(0) !== 'T';
  const initial = [
    given(gs.T.atomicstatus, queued ? '_Grunnable' : '_Grunning'),
    given(sched.runq, queued ? 'T' : ''),
    ...ids.flatMap((p) => [given(allp.at(p).status, first(p) === undefined ? '_Pidle' : '_Prunning'), given(allp.at(p).curg, first(p))]),
    given(gs.X.atomicstatus, has('X') ? '_Gwaiting' : '_Gdead'),
    ...(has('X') ? [given(gs.X.waitsFor, ...(size.waitsFor ?? (['netpoll'] as const)))] : []),
    ...(has('Y') ? [given(gs.Y.atomicstatus, '_Gwaiting'), given(gs.Y.waitsFor, 'netpoll')] : []),
    given(gs.S.atomicstatus, has('S') ? '_Grunning' : '_Gdead'),
    given(gs.E.syscallsp, has('E')),
    given(gs.E.sysblocktraced, has('E')),
  ];
  return scenario({
    initial,
    threads: [
      goroutine('T', tracer(size.calls)),
      ...(has('X') ? [thread('X', waiter(size)(size.parks ?? 0))] : []),
      ...(has('Y') ? [thread('Y', second(0))] : []),
      ...(has('S') ? [thread('S', syscalls(size.syscalls ?? 1))] : []),
      ...(has('E') ? [thread('E', callback())] : []),
      ...ids.map((p) => thread(`M${p}`, forever(processors.schedule, p))),
      thread('sysmon', forever(sysmon)),
    ],
  });
}

const kinds = ['netpoll', 'scavenge', 'forcegc'] as const;

export const tiny = scope<Version>('tiny', 'one P; two calls of T, X waits for the network, S makes one system call', (version) =>
  buildOf(version)({ procs: 1, calls: 2, parks: 0, syscalls: 1, waitsFor: ['netpoll'] }),
);
export const gate = scope<Version>(
  'gate',
  'one P; four calls of T, X waits for anything and logs, Y waits for the network, S makes two system calls',
  (version) => buildOf(version)({ procs: 1, calls: 4, parks: 0, second: true, logs: true, syscalls: 2, waitsFor: kinds }),
);
export const full = scope<Version>(
  'full',
  'one P; four calls of T, X waits for anything, logs and parks again, S makes two system calls',
  (version) => buildOf(version)({ procs: 1, calls: 4, parks: 1, logs: true, syscalls: 2, waitsFor: kinds }),
);
/** Not all that breaks breaks here: two calls are too few for `ticks-start-first`, and X does not log. */
export const twoProcessors = scope<Version>(
  'two-processors',
  'two Ps; two calls of T, X waits for the network, S makes one system call beside T',
  (version) => buildOf(version)({ procs: 2, calls: 2, parks: 0, syscalls: 1, waitsFor: ['netpoll'] }),
);
