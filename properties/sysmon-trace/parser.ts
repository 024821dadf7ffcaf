/**
 * What the trace parser of that time accepts: internal/trace order.go order1007 and parser.go postProcessTrace, Go 1.15,
 * in our words and without what the model does not write. Reasons are the parser's own; places and times are left out.
 */

/** An event in the order in which it was written, or a mark: a time that exitsyscall recorded. Its index is its time stamp. */
export type Entry =
  | {
      readonly buffer: string;
      readonly type: string;
      readonly g?: string;
      readonly seq?: number;
      readonly ts?: 'recorded' | 'none';
    }
  | { readonly mark: string };

/** An event as the parser sees it once it has read the buffers. */
interface Parsed {
  readonly type: string;
  readonly p: string;
  /** Whom it happens to; '' is g 0: nobody. */
  readonly g: string;
  /** The goroutine it speaks of. */
  readonly target: string;
  readonly seq: number;
  readonly time: number;
  /** GoSysExit: when the system call really ended; undefined if unknown. */
  readonly ended: number | undefined;
}

type Status = 'dead' | 'runnable' | 'running' | 'waiting';

interface Standing {
  readonly seq: number;
  readonly status: Status;
}

/** When an event can be merged, and what its goroutine is then. `any`: the number does not matter; `next`: one more. */
interface Transition {
  readonly g: string;
  readonly from: { readonly seq: number | 'any'; readonly status: Status };
  readonly to: { readonly seq: number | 'same' | 'next'; readonly status: Status };
}

const timeOrder = 'time stamps out of order';

/** Why the parser rejects the trace, or undefined. */
export function reject(stream: readonly Entry[]): string | undefined {
  const ordered = order(read(stream));
  return typeof ordered === 'string' ? ordered : postProcess(ordered);
}

/** Each buffer's events, each with the goroutine that the events before it in the same buffer leave running. */
function read(stream: readonly Entry[]): readonly (readonly Parsed[])[] {
  const batches = new Map<string, Parsed[]>();
  const running = new Map<string, string>();
  const marks = new Map<string, number>();
  stream.forEach((entry, time) => {
    if ('mark' in entry) {
      marks.set(entry.mark, time);
      return;
    }
    const { buffer: p, type } = entry;
    const target = entry.g ?? '';
    const starts = type === 'GoStart' || type === 'GoStartLocal';
    const own = starts || type === 'GoWaiting' || type === 'GoInSyscall' || type === 'GoSysExit';
    const g = own ? target : (running.get(p) ?? '');
    // A recorded time from before the trace is earlier than all that is in it.
    const ended = entry.ts === 'recorded' ? (marks.get(target) ?? -1) : undefined;
    if (starts) running.set(p, target);
    if (endsTurn.has(type)) running.delete(p);
    batches.set(p, [...(batches.get(p) ?? []), { type, p, g, target, seq: entry.seq ?? 0, time, ended }]);
  });
  return [...batches.values()];
}

const endsTurn = new Set(['GoEnd', 'GoSched', 'GoPreempt', 'GoBlock', 'GoSysBlock']);

/** order1007: merges the buffers by goroutine, number and status; then time stamps must be in order. */
function order(batches: readonly (readonly Parsed[])[]): readonly Parsed[] | string {
  const rest = batches.map((batch) => [...batch]);
  const standings = new Map<string, Standing>();
  const selected = new Set<number>();
  const frontier: { readonly event: Parsed; readonly batch: number }[] = [];
  const merged: Parsed[] = [];
  for (let pending = batches.reduce((sum, batch) => sum + batch.length, 0); pending > 0; pending--) {
    rest.forEach((batch, index) => {
      const [event] = batch;
      if (event === undefined || selected.has(index) || !ready(standings, transitionOf(event))) return;
      batch.shift();
      selected.add(index);
      frontier.push({ event, batch: index });
    });
    frontier.sort((a, b) => a.event.time - b.event.time);
    const first = frontier.shift();
    if (first === undefined) return 'no consistent ordering of events possible';
    const transition = transitionOf(first.event);
    if (!ready(standings, transition)) return 'event sequences are broken';
    take(standings, transition);
    merged.push(first.event);
    selected.delete(first.batch);
  }
  if (merged.some(({ time }, index) => index > 0 && time < merged[index - 1]!.time)) return timeOrder;
  return withRealEnds(merged);
}

/** Gives each GoSysExit the time at which the call ended, if that was recorded. */
function withRealEnds(merged: readonly Parsed[]): readonly Parsed[] | string {
  const blocked = new Map<string, number>();
  const timed: Parsed[] = [];
  for (const event of merged) {
    if (event.type === 'GoSysBlock' || event.type === 'GoInSyscall') blocked.set(event.g, event.time);
    if (event.type !== 'GoSysExit' || event.ended === undefined) {
      timed.push(event);
      continue;
    }
    const block = blocked.get(event.g);
    if (block === undefined) return 'stray syscall exit';
    if (event.ended < block) return timeOrder;
    timed.push({ ...event, time: event.ended });
  }
  return timed.sort((a, b) => a.time - b.time);
}

function transitionOf({ type, g, target, seq }: Parsed): Transition | undefined {
  switch (type) {
    case 'GoCreate':
      return step(target, 0, 'dead', 1, 'runnable');
    case 'GoWaiting':
    case 'GoInSyscall':
      return step(g, 1, 'runnable', 2, 'waiting');
    case 'GoStart':
      return step(g, seq, 'runnable', seq + 1, 'running');
    case 'GoStartLocal':
      return step(g, 'any', 'runnable', 'next', 'running');
    case 'GoBlock':
    case 'GoSysBlock':
      return step(g, 'any', 'running', 'same', 'waiting');
    case 'GoSched':
    case 'GoPreempt':
      return step(g, 'any', 'running', 'same', 'runnable');
    case 'GoUnblock':
    case 'GoSysExit':
      return step(target, seq, 'waiting', seq + 1, 'runnable');
    case 'GoUnblockLocal':
      return step(target, 'any', 'waiting', 'next', 'runnable');
    default:
      return undefined;
  }
}

function step(g: string, seq: number | 'any', from: Status, next: number | 'same' | 'next', to: Status): Transition {
  return { g, from: { seq, status: from }, to: { seq: next, status: to } };
}

function standingOf(standings: ReadonlyMap<string, Standing>, g: string): Standing {
  return standings.get(g) ?? { seq: 0, status: 'dead' };
}

function ready(standings: ReadonlyMap<string, Standing>, transition: Transition | undefined): boolean {
  if (transition === undefined) return true;
  const { seq, status } = standingOf(standings, transition.g);
  return status === transition.from.status && (transition.from.seq === 'any' || transition.from.seq === seq);
}

function take(standings: Map<string, Standing>, transition: Transition | undefined): void {
  if (transition === undefined) return;
  const { seq } = standingOf(standings, transition.g);
  const { to } = transition;
  standings.set(transition.g, {
    seq: to.seq === 'same' ? seq : to.seq === 'next' ? seq + 1 : to.seq,
    status: to.status,
  });
}

/** postProcessTrace: what each P runs, and who may do what. */
function postProcess(events: readonly Parsed[]): string | undefined {
  const statuses = new Map<string, Status>([['', 'running']]);
  const procs = new Map<string, { running: boolean; g: string }>();
  for (const event of events) {
    const proc = procs.get(event.p) ?? { running: false, g: '' };
    procs.set(event.p, proc);
    const wrong = postProcessOne(event, statuses, proc);
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}

function postProcessOne(event: Parsed, statuses: Map<string, Status>, proc: { running: boolean; g: string }): string | undefined {
  const { type, g, p, target } = event;
  const status = statuses.get(g);
  const doing = (nobodyMay: boolean): string | undefined => {
    if (status !== 'running') return `g ${g} is not running while ${type}`;
    if (proc.g !== g) return `p ${p} is not running g ${g} while ${type}`;
    return g === '' && !nobodyMay ? `g 0 did ${type}` : undefined;
  };
  const leaves = (to: Status): string | undefined => {
    const wrong = doing(false);
    if (wrong !== undefined) return wrong;
    statuses.set(g, to);
    proc.g = '';
    return undefined;
  };
  switch (type) {
    case 'ProcStart':
      if (proc.running) return `p ${p} is running before start`;
      proc.running = true;
      return undefined;
    case 'ProcStop':
      if (!proc.running) return `p ${p} is not running before stop`;
      if (proc.g !== '') return `p ${p} is running a goroutine ${proc.g} during stop`;
      proc.running = false;
      return undefined;
    case 'GoCreate': {
      const wrong = doing(true);
      if (wrong !== undefined) return wrong;
      if (statuses.has(target)) return `g ${target} already exists`;
      statuses.set(target, 'runnable');
      return undefined;
    }
    case 'GoWaiting':
    case 'GoInSyscall':
      if (status !== 'runnable') return `g ${g} is not runnable before ${type}`;
      statuses.set(g, 'waiting');
      return undefined;
    case 'GoStart':
    case 'GoStartLocal':
      if (status !== 'runnable') return `g ${g} is not runnable before start`;
      if (proc.g !== '') return `p ${p} is already running g ${proc.g} while start g ${g}`;
      statuses.set(g, 'running');
      proc.g = g;
      return undefined;
    case 'GoUnblock':
    case 'GoUnblockLocal':
      if (status !== 'running') return `g ${g} is not running while unpark`;
      if (proc.g !== g) return `p ${p} is not running g ${g} while unpark`;
      if (statuses.get(target) !== 'waiting') return `g ${target} is not waiting before unpark`;
      statuses.set(target, 'runnable');
      return undefined;
    case 'GoSysExit':
      if (status !== 'waiting') return `g ${g} is not waiting during syscall exit`;
      statuses.set(g, 'runnable');
      return undefined;
    case 'UserLog':
      return undefined;
    case 'GoSysCall':
      return doing(false);
    case 'GoEnd':
      return leaves('dead');
    case 'GoSched':
    case 'GoPreempt':
      return leaves('runnable');
    case 'GoBlock':
    case 'GoSysBlock':
      return leaves('waiting');
    default:
      return `unknown event ${type}`;
  }
}
