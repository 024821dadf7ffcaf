/**
 * Go commit c847589a (May 2020): sched.sysmonlock, and a rank for it. The ranks are those of lockPartialOrder in
 * src/runtime/lockrank.go, which was written by hand then: a table, not a graph, and not transitively closed. So what is
 * below are its rows, one statement a row, and their entries are taken as they are stated.
 * Left out is the row of the dummy rank, which has no entries.
 */
import { joinTables, PartialOrder } from 'heddle';

const rows = PartialOrder.of(`
NONE < scavenge;
NONE < forcegc;
NONE < sweepWaiters;
NONE < assistQueue;
NONE < cpuprof;
NONE < sweep;
scavenge, forcegc, sweepWaiters, assistQueue, cpuprof, sweep < sched;
NONE < deadlock;
deadlock < deadlock;
deadlock < panic;
sched, panic < allg;
sched < allp;
NONE < pollDesc;
scavenge, sched, allp, pollDesc < timers;
timers < timers;
NONE < itab;
itab < reflectOffs;
scavenge, sweep < hchan;
hchan < hchan;
sched, allg, timers, hchan < fin;
NONE < notifyList;
scavenge < traceBuf;
traceBuf < traceStrings;
scavenge, assistQueue, cpuprof, sched, allg, allp, timers, itab, reflectOffs, hchan, notifyList, traceBuf,
  traceStrings < mspanSpecial;
scavenge, assistQueue, cpuprof, sweep, sched, allg, allp, timers, itab, reflectOffs, notifyList, traceBuf,
  traceStrings, hchan < prof;
scavenge, assistQueue, cpuprof, sched, allg, timers, itab, reflectOffs, notifyList, traceBuf, traceStrings,
  hchan < gcBitsArenas;
NONE < root;
scavenge, forcegc, assistQueue, sched, hchan, traceBuf, traceStrings, root, sweep < trace;
scavenge, sweepWaiters, assistQueue, sweep, sched, allg, timers, hchan, fin, notifyList, traceBuf,
  traceStrings, root, trace < traceStackTab;
timers < netpollInit;
NONE < rwmutexW;
rwmutexW < rwmutexR;
scavenge, forcegc, assistQueue, cpuprof, sweep, sched, allg, allp, timers, itab, reflectOffs, notifyList,
  traceBuf, traceStrings, hchan < mcentral;
scavenge, assistQueue, cpuprof, sched, allg, timers, itab, reflectOffs, notifyList, traceBuf, traceStrings,
  hchan < spine;
scavenge, forcegc, assistQueue, cpuprof, sweep, sched, allg, allp, timers, itab, reflectOffs, notifyList,
  traceBuf, traceStrings, hchan < spanSetSpine;
scavenge, forcegc, sweepWaiters, assistQueue, cpuprof, sweep, sched, timers, itab, reflectOffs, hchan, fin,
  traceBuf, traceStrings, root, notifyList, prof, gcBitsArenas, trace, traceStackTab, netpollInit, mcentral,
  spine, spanSetSpine < gscan;
scavenge, sweepWaiters, assistQueue, cpuprof, sweep, sched, pollDesc, timers, itab, reflectOffs, hchan, fin,
  notifyList, traceBuf, traceStrings, prof, gcBitsArenas, root, trace, traceStackTab, netpollInit, rwmutexR,
  mcentral, spine, spanSetSpine, gscan < stackpool;
assistQueue, sched, itab, hchan, prof, gcBitsArenas, root, mcentral, spanSetSpine, gscan < stackLarge;
NONE < defer;
notifyList, hchan < sudog;
scavenge, sweepWaiters, assistQueue, sweep, sched, allg, pollDesc, timers, itab, reflectOffs, hchan,
  notifyList, traceStrings, mspanSpecial, prof, root, gscan, defer, sudog < wbufSpans;
scavenge, sweepWaiters, assistQueue, cpuprof, sweep, sched, allg, allp, pollDesc, timers, itab, reflectOffs,
  notifyList, traceBuf, traceStrings, hchan, mspanSpecial, prof, gcBitsArenas, root, mcentral, gscan,
  stackpool, stackLarge, defer, sudog, wbufSpans, spanSetSpine < mheap;
scavenge, assistQueue, cpuprof, sweep, sched, allg, allp, timers, itab, reflectOffs, notifyList, traceBuf,
  traceStrings, hchan < mheapSpecial;
prof, spine, spanSetSpine, mheap, mheapSpecial < globalAlloc;
sched < gFree;
`);

/** What the commit adds: a first rank, and 19 edges from it. */
const sysmon = PartialOrder.of(`
NONE < sysmon < scavenge, forcegc, sched, allg, allp, timers, traceBuf, mspanSpecial, prof, gcBitsArenas,
  trace, mcentral, spine, spanSetSpine, gscan, stackpool, stackLarge, mheap, mheapSpecial;
`);

export const before = rows.stated();
export const after = joinTables(before, sysmon.stated());
