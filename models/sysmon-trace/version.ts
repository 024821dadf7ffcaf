/** Where the variants differ: each field names a place in the sources and what stands there. */
import type { G } from './state.ts';

export interface Version {
  /** Whether sysmon, StartTrace and StopTrace take sched.sysmonlock, and what sysmon holds it around. */
  readonly sysmonlock: 'around the body' | 'around retake' | 'not there';
  /** StartTrace and StopTrace take it before or after they stop the world. */
  readonly takesSysmonlock: 'after the stop' | 'before the stop';
  /** StartTrace, when tracing is on already. */
  readonly errorPath: 'unlocks' | 'keeps sysmonlock';
  /** StartTrace: trace.enabled becomes true. */
  readonly enables: 'after the snapshot' | 'before the snapshot';
  /** StartTrace: trace.ticksStart is taken. */
  readonly ticksStart: 'after the snapshot' | 'before the snapshot';
  /** StartTrace: sysblocktraced of a goroutine that is not in a system call. */
  readonly sysblocktraced: 'cleared' | 'left alone';
  /** StartTrace: how often it reads a goroutine's status. */
  readonly statusReads: 'once' | 'twice';
  /** retake: p.syscalltick goes up. */
  readonly tick: 'after the events' | 'before the events' | 'only if tracing';
  /** traceEvent looks at trace.enabled itself. */
  readonly recheck: boolean;
  /** sysmon readies the forced-GC goroutine while it holds forcegc.lock. */
  readonly forcegcInjects: 'under forcegc.lock' | 'after it';
  /** StartTrace tells of the dead goroutine of an extra M that it is in a system call. */
  readonly extraM: 'unknown' | 'in a system call';
  /** Which goroutines there are beside T; undefined: those of the scope. */
  readonly cast?: readonly G[];
}

/** Go commit c847589a, May 2020, before Go 1.15. */
export const seed: Version = {
  sysmonlock: 'around the body',
  takesSysmonlock: 'after the stop',
  errorPath: 'unlocks',
  enables: 'after the snapshot',
  ticksStart: 'after the snapshot',
  sysblocktraced: 'cleared',
  statusReads: 'once',
  tick: 'after the events',
  recheck: true,
  forcegcInjects: 'under forcegc.lock',
  extraM: 'unknown',
};

/** The commit's parent. */
export const before: Version = { ...seed, sysmonlock: 'not there' };

/** Ours: the forced-GC goroutine is injected once forcegc.lock is free. */
export const repaired: Version = { ...seed, forcegcInjects: 'after it' };
