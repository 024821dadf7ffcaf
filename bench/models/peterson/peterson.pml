/* The steps of model.ts. N threads; no locals: where a thread is tells the level and whom it waits for. */
#ifndef N
#define N 2
#endif

byte level[N];
byte last[N - 1];
bit inside;

#define passes(at, ahead) (level[(_pid + ahead) % N] < at || last[at - 1] != _pid)

active [N] proctype thread() {
again:
	level[_pid] = 1;
	last[0] = _pid;
	passes(1, 1);
#if N > 2
	passes(1, 2);
#endif
#if N > 3
	passes(1, 3);
#endif
#if N > 2
	level[_pid] = 2;
	last[1] = _pid;
	passes(2, 1);
	passes(2, 2);
#if N > 3
	passes(2, 3);
#endif
#endif
#if N > 3
	level[_pid] = 3;
	last[2] = _pid;
	passes(3, 1);
	passes(3, 2);
	passes(3, 3);
#endif
	d_step { assert(!inside); inside = 1 };
	inside = 0;
	level[_pid] = 0;
	goto again
}
