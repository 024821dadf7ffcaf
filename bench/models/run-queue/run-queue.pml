/*
 * The steps of model.ts. The owner knows the tail, so it keeps no copy; locals are reset when they are not needed any more.
 */
#ifndef THIEVES
#define THIEVES 1
#endif
#ifndef TASKS
#define TASKS 4
#endif
#define SLOTS 4

byte head, tail;
byte runq[SLOTS];
bit ran[TASKS + 1];

active proctype owner() {
	byte first, task;
turn:
	if
	:: tail < TASKS; goto put
	:: tail < TASKS; goto get
	:: d_step { tail == TASKS && head != tail -> first = head }; goto read
	:: tail == TASKS && head == tail; goto finished
	fi;
put:
	if
	:: tail - head >= SLOTS; goto turn
	:: tail - head < SLOTS
	fi;
	runq[tail % SLOTS] = tail + 1;
	tail++;
	goto turn;
get:
	if
	:: head == tail; goto turn
	:: d_step { head != tail -> first = head }
	fi;
read:
	task = runq[first % SLOTS];
	if
	:: d_step { head != first && tail < TASKS -> first = 0; task = 0 }; goto get
	:: d_step { head != first && tail == TASKS -> first = 0; task = 0 }; goto turn
	:: d_step { head == first -> head = first + 1; first = 0 }
	fi;
	d_step { assert(!ran[task]); ran[task] = 1; task = 0 };
	goto turn;
finished:
end:
	false
}

active [THIEVES] proctype thief() {
	byte first, one, two;
steal:
	first = head;
	if
	:: d_step { tail == first -> first = 0 }; goto steal
	:: d_step { tail - first > SLOTS -> first = 0 }; goto steal
	:: tail - first == 1 || tail - first == 2; goto single
	:: tail - first == 3 || tail - first == 4
	fi;
	one = runq[first % SLOTS];
	two = runq[(first + 1) % SLOTS];
	if
	:: d_step { head != first -> first = 0; one = 0; two = 0 }; goto steal
	:: d_step { head == first -> head = first + 2; first = 0 }
	fi;
	d_step { assert(!ran[one]); ran[one] = 1; one = two; two = 0 };
	goto execute;
single:
	one = runq[first % SLOTS];
	if
	:: d_step { head != first -> first = 0; one = 0 }; goto steal
	:: d_step { head == first -> head = first + 1; first = 0 }
	fi;
execute:
	if
	:: d_step { assert(!ran[one]); ran[one] = 1; one = 0 }; goto steal
	fi
}
