/* The steps of model.ts. The forks are bits of one word: an array of bit would take a byte each. */
#ifndef N
#define N 8
#endif

short taken;

#define first  (1 << (_pid == N - 1 -> 0 : _pid))
#define second (1 << (_pid == N - 1 -> _pid : _pid + 1))

active [N] proctype philosopher() {
	do
	:: d_step { !(taken & first) -> taken = taken | first };
	   d_step { !(taken & second) -> taken = taken | second };
	   taken = taken & ~first;
	   taken = taken & ~second
	od
}
