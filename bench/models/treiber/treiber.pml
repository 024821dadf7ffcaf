/*
 * The steps of model.ts. A thread's tagged word to push is its node and that node's count, so it needs no variable; `old`
 * and `below` are reset when they are not needed any more.
 */
#ifndef THREADS
#define THREADS 2
#endif
#ifndef ROUNDS
#define ROUNDS 1
#endif
#define RADIX (THREADS * ROUNDS + 1)

byte head;
byte next[THREADS + 1];
byte pushcnt[THREADS + 1];
bit owned[THREADS + 1];

active [THREADS] proctype worker() {
	byte node, left = ROUNDS, old, below;

	d_step { node = _pid + 1; owned[node] = 0 };
round:
	pushcnt[node]++;
tryPush:
	old = head;
	next[node] = old;
	if
	:: d_step { head != old -> old = 0 }; goto tryPush
	:: d_step { head == old -> head = node * RADIX + pushcnt[node]; old = 0; node = 0 }
	fi;
tryPop:
	if
	:: head == 0; goto tryPop
	:: d_step { head != 0 -> old = head }
	fi;
	below = next[old / RADIX];
	if
	:: d_step { head != old -> old = 0; below = 0 }; goto tryPop
	:: d_step { head == old -> head = below; node = old / RADIX; old = 0; below = 0 }
	fi;
	if
	:: d_step { left > 1 -> assert(!owned[node]); owned[node] = 1; left-- }
	:: d_step { left == 1 -> assert(!owned[node]); owned[node] = 1; left = 0; node = 0 }; goto finished
	fi;
	owned[node] = 0;
	goto round;
finished:
end:
	false
}
