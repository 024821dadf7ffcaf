/**
 * The lock ranks of Go commit e481a08e (Go 1.25). Of the notation (src/runtime/mklockrank.go) the commit shows eight lines;
 * this graph is reconstructed from the rows of lockPartialOrder that it shows (src/runtime/lockrank.go), 46 of 63, and is
 * equivalent to them: its table has exactly these rows. The grouping, the pseudo-nodes MALLOC, STACKGROW and WB and the
 * comments are ours.
 *
 * The commit does not show the rows of 17 ranks. Its lines of notation say that allocmW, execW, cpuprof and pollCache have
 * none before them. What is said of the other 13 is what src/runtime/mklockrank.go says in public versions shortly before
 * (e6dacf91) and well after (0dac8bd8), which agree on it; only strongFromWeakQueue and sweepWaiters come before synctest in
 * the later one alone, and are left out.
 */
import { PartialOrder } from 'heddle';

const ranks = PartialOrder.of(`
# Taken by sysmon while it holds sysmonlock.
NONE < sysmon < scavenge, forcegc, computeMaxProcs, updateMaxProcsG;

NONE < defer, sweepWaiters, assistQueue, strongFromWeakQueue, cleanupQueue, sweep;
NONE < testR, testW, timerSend;
NONE < allocmW, execW, cpuprof, pollCache, pollDesc, wakeableSleep;

# Channels. A select holds several.
scavenge, sweep, testR, timerSend, wakeableSleep < hchan;
hchan < hchan;

# Whoever may call the scheduler.
forcegc, computeMaxProcs, updateMaxProcsG,
  sweepWaiters, assistQueue, strongFromWeakQueue, cleanupQueue,
  cpuprof, pollDesc, hchan < SCHED;
SCHED < allocmR, execR < sched < allg, allp;

NONE < notifyList;
hchan, notifyList < sudog;
hchan, pollDesc < timers;
timers < timers;
timers, timerSend < timer < netpollInit;
NONE < root;
NONE < itab < reflectOffs;
hchan, root, timers, timer, notifyList, reflectOffs < synctest;
NONE < userArenaState;

scavenge < traceBuf < traceStrings;

# Whoever may allocate.
allg, allp, execW, notifyList, timers, timer, itab, reflectOffs, userArenaState, traceStrings < MALLOC;
MALLOC < fin, spanSetSpine, mspanSpecial, traceTypeTab;
mspanSpecial < gcBitsArenas;
MALLOC < profInsert, profBlock, profMemActive;
profMemActive < profMemFuture;

# Whoever may grow a stack.
netpollInit, root, synctest, fin, spanSetSpine, gcBitsArenas, profInsert, profBlock, profMemFuture < STACKGROW;
STACKGROW < gscan < stackpool, stackLarge, hchanLeaf;
hchanLeaf < hchanLeaf;

# Whoever may run a write barrier.
defer, pollCache, sudog, gscan < WB < wbufSpans;
stackpool, stackLarge, wbufSpans < mheap < mheapSpecial < globalAlloc;

mheap < trace < traceStackTab;

# Of the last moments.
NONE < panic < deadlock, raceFini;
deadlock < deadlock;

# The locks inside of read-write mutexes.
allocmR, allocmW < allocmRInternal;
execR, execW < execRInternal;
testR, testW < testRInternal;
`);

/** As the commit left them. */
export const after = ranks;

/** Before it: the commit names one rank more, in two lists, and changes nothing else. */
export const before = ranks.without('computeMaxProcs');
