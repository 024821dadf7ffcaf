/*
 * The steps of model.ts. A branch is taken on the step that reads what it depends on, so what was read is in the position
 * and not in a variable; `made` and `procs` are the only locals, reset when they are not needed any more.
 */
#ifndef CALLERS
#define CALLERS 1
#endif
#ifndef CALLS
#define CALLS 1
#endif

bit schedLock, computeMaxProcsLock, worldsema;
bit stopped, custom, asked;
unsigned gomaxprocs : 2 = 1;
unsigned newprocs : 2;
unsigned limit : 2 = 1;
unsigned updateProcs : 2 = 1;

#define lock(m)      d_step { !m -> m = 1 }
#define unlock(m)    m = 0
#define N            (1 + (_pid + made) % 3)
/* The last step of a call. */
#define leave(m)     if \
	:: d_step { made + 1 < CALLS -> m = 0; made++ }; goto call \
	:: d_step { made + 1 == CALLS -> m = 0; made = 0 } \
	fi; \
	goto finished

inline startTheWorld() {
	/* What newprocs holds can't change here: the world is stopped. */
	if
	:: newprocs != 0;
	   d_step { assert(stopped); gomaxprocs = newprocs };
	   newprocs = 0
	:: newprocs == 0
	fi;
	stopped = 0
}

active [CALLERS] proctype caller() {
	byte made;
call:
	!stopped;
	lock(schedLock);
	if
	:: gomaxprocs == N; leave(schedLock)
	:: gomaxprocs != N
	fi;
	custom = 1;
	unlock(schedLock);
	lock(computeMaxProcsLock);
	unlock(computeMaxProcsLock);
	lock(worldsema);
	stopped = 1;
	newprocs = N;
	startTheWorld();
	leave(worldsema);
finished:
end:
	false
}

active proctype updater() {
	do
	:: asked;
	   lock(worldsema);
	   stopped = 1;
	   lock(schedLock);
	   if
	   :: custom; unlock(schedLock)
	   :: !custom; unlock(schedLock);
	      /* Reads updateProcs, which nobody writes until this is done. */
	      true;
	      newprocs = updateProcs;
	      lock(schedLock);
	      custom = 0;
	      unlock(schedLock)
	   fi;
	   startTheWorld();
	   unlock(worldsema);
	   asked = 0
	od
}

active proctype sysmon() {
	unsigned procs : 2;
again:
	if /* no jump into a d_step */
	:: lock(computeMaxProcsLock)
	fi;
	lock(schedLock);
	if
	:: custom; unlock(schedLock); goto nothing
	:: !custom
	fi;
	procs = gomaxprocs;
	unlock(schedLock);
	if
	:: d_step { limit == procs -> procs = 0 }; goto nothing
	:: d_step { limit != procs -> procs = limit }
	fi;
	unlock(computeMaxProcsLock);
	if
	:: d_step { asked -> procs = 0 }; goto again
	:: !asked
	fi;
	d_step { updateProcs = procs; procs = 0 };
	asked = 1;
	goto again;
nothing:
	unlock(computeMaxProcsLock);
	goto again
}

active proctype outside() {
	limit = 2;
	limit = 3;
end:
	false
}
