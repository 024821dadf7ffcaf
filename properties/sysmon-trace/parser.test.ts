import test from 'ava';
import { reject, type Entry } from './parser.ts';

type Shorthand = string;

/** `P0 GoStart X 3`, `global GoUnblock X 2`, `P0 GoSysExit S 2 recorded`; `mark S` is a time that exitsyscall recorded. */
function trace(...lines: readonly Shorthand[]): readonly Entry[] {
  return lines.map((line): Entry => {
    const [buffer = '', type = '', g, seq, ts] = line.split(' ');
    if (buffer === 'mark') return { mark: type };
    return {
      buffer,
      type,
      ...(g === undefined ? {} : { g }),
      ...(seq === undefined ? {} : { seq: Number(seq) }),
      ...(ts === 'recorded' || ts === 'none' ? { ts } : {}),
    };
  });
}

/** What StartTrace writes: T runs on P0, the others as given. */
function start(...others: readonly Shorthand[]): readonly Shorthand[] {
  return ['P0 GoCreate T', ...others, 'P0 ProcStart', 'P0 GoStartLocal T'];
}
const waitingX = ['P0 GoCreate X', 'P0 GoWaiting X'];
const callingS = ['P0 GoCreate S', 'P0 GoInSyscall S'];
const stuck = 'no consistent ordering of events possible';
const times = 'time stamps out of order';

const cases: Readonly<Record<string, readonly [readonly Shorthand[], string | undefined]>> = {
  'an empty trace': [[], undefined],
  'a trace of its tracer alone': [[...start(), 'P0 GoSched'], undefined],
  'a goroutine that waits, is injected and runs': [
    [...start(...waitingX), 'global GoUnblock X 2', 'P0 GoSched', 'P0 GoStart X 3', 'P0 GoBlock', 'P0 GoStartLocal T', 'P0 GoSched'],
    undefined,
  ],
  'a goroutine that starts while it waits': [[...start(...waitingX), 'P0 GoSched', 'P0 GoStart X 2'], stuck],
  'a number of another trace': [[...start(...waitingX), 'global GoUnblock X 7'], stuck],
  'an event of a goroutine that was not created': [[...start(), 'global GoUnblock X 1'], stuck],
  'GoWaiting and GoInSyscall of one goroutine': [[...start(...waitingX, 'P0 GoInSyscall X')], stuck],
  'an event that only comes after one in another buffer, and was written before it': [
    ['P0 GoCreate T', 'global GoUnblock X 2', 'P0 GoCreate X', 'P0 GoWaiting X'],
    times,
  ],
  'a system call that ends': [
    [...start(...callingS), 'mark S', 'P0 GoSched', 'P0 GoSysExit S 2 recorded', 'P0 GoStartLocal S', 'P0 GoEnd'],
    undefined,
  ],
  'a system call that ended at a time nobody knows': [
    [...start(...callingS), 'P0 GoSched', 'P0 GoSysExit S 2 none', 'P0 GoStartLocal S'],
    undefined,
  ],
  'a system call that ended before the trace says that it blocks': [
    [...start('P0 GoCreate S', 'mark S', 'P0 GoInSyscall S'), 'P0 GoSched', 'P0 GoSysExit S 2 recorded'],
    times,
  ],
  'a system call that ended before the trace': [[...start(...callingS), 'P0 GoSched', 'P0 GoSysExit S 2 recorded'], times],
  'a system call that ends and never blocked': [[...start(...waitingX), 'mark X', 'P0 GoSysExit X 2 recorded'], 'stray syscall exit'],
  'GoSysExit of a runnable goroutine': [[...start('P0 GoCreate S'), 'P0 GoSched', 'P0 GoSysExit S 1 none'], stuck],
  'a P taken from a system call': [
    [...start(), 'P0 GoSysCall', 'P0 GoSysBlock', 'P0 ProcStop', 'P0 ProcStart', 'P0 GoSysExit T 2 none', 'P0 GoStartLocal T'],
    undefined,
  ],
  'GoSysBlock where nobody runs': [[...start(), 'P0 GoSched', 'P0 GoSysBlock'], stuck],
  'a P that starts twice': [[...start(), 'P0 ProcStart'], 'p P0 is running before start'],
  'a P that stops and never started': [[...start(), 'P1 ProcStop'], 'p P1 is not running before stop'],
  'a P that stops with a goroutine': [[...start(), 'P0 ProcStop'], 'p P0 is running a goroutine T during stop'],
  'a P that runs two goroutines': [
    [...start(...waitingX), 'global GoUnblock X 2', 'P0 GoStart X 3'],
    'p P0 is already running g T while start g X',
  ],
  'a goroutine that is created twice': [[...start(), 'P0 GoSched', 'P0 GoCreate T'], stuck],
  'GoSysCall on a P where nobody runs': [[...start(), 'P1 GoSysCall'], 'g 0 did GoSysCall'],
  'GoEnd on a P where nobody runs': [[...start(), 'P0 GoSched', 'P0 GoEnd'], 'g 0 did GoEnd'],
  'a preempted goroutine that goes on elsewhere': [
    [...start(), 'P0 GoPreempt', 'P1 ProcStart', 'P1 GoStart T 2', 'P1 UserLog', 'P1 GoEnd', 'P1 ProcStop'],
    undefined,
  ],
};

for (const [title, [lines, reason]] of Object.entries(cases))
  test(`${title}: ${reason ?? 'accepted'}`, (t) => t.is(reject(trace(...lines)), reason));
