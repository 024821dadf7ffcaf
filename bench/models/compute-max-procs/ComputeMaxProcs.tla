--------------------------- MODULE ComputeMaxProcs ---------------------------
(*
 * The steps of model.ts. `made` counts a caller's calls, `procs` is sysmon's; both are 0 when they are not needed. Callers
 * are 0 .. Callers - 1; U, S and O are the update goroutine, sysmon and the outside.
 *)
EXTENDS Naturals
CONSTANTS Callers, Calls
VARIABLES sched, compute, world, stopped, custom, asked, gomaxprocs, newprocs, limit, update, pc, made, procs

U == Callers
S == Callers + 1
O == Callers + 2
Caller == 0 .. Callers - 1
locks == <<sched, compute, world>>
values == <<stopped, custom, asked, gomaxprocs, newprocs, limit, update>>
locals == <<made, procs>>
vars == <<locks, values, pc, locals>>

Init ==
  /\ sched = FALSE /\ compute = FALSE /\ world = FALSE
  /\ stopped = FALSE /\ custom = FALSE /\ asked = FALSE
  /\ gomaxprocs = 1 /\ newprocs = 0 /\ limit = 1 /\ update = 1
  /\ pc = [t \in 0 .. O |-> IF t < Callers THEN "call" ELSE IF t = U THEN "wait" ELSE IF t = S THEN "begin" ELSE "two"]
  /\ made = [t \in Caller |-> 0]
  /\ procs = 0

Go(t, from, to) == pc[t] = from /\ pc' = [pc EXCEPT ![t] = to]
Sched(t, from, to) == Go(t, from, to) /\ ~sched /\ sched' = TRUE /\ UNCHANGED <<compute, world, values, locals>>
Unsched(t, from, to) == Go(t, from, to) /\ sched' = FALSE /\ UNCHANGED <<compute, world, values, locals>>
Compute(t, from, to) == Go(t, from, to) /\ ~compute /\ compute' = TRUE /\ UNCHANGED <<sched, world, values, locals>>
Uncompute(t, from, to) == Go(t, from, to) /\ compute' = FALSE /\ UNCHANGED <<sched, world, values, locals>>
World(t, from, to) == Go(t, from, to) /\ ~world /\ world' = TRUE /\ UNCHANGED <<sched, compute, values, locals>>
Stop(t, from, to, to_) == Go(t, from, to) /\ stopped' = to_ /\ UNCHANGED <<locks, custom, asked, gomaxprocs, newprocs, limit, update, locals>>
Custom(t, from, to, to_) == Go(t, from, to) /\ custom' = to_ /\ UNCHANGED <<locks, stopped, asked, gomaxprocs, newprocs, limit, update, locals>>
New(t, from, to, to_) == Go(t, from, to) /\ newprocs' = to_ /\ UNCHANGED <<locks, stopped, custom, asked, gomaxprocs, limit, update, locals>>
Branch(t, from, condition, then, else) == Go(t, from, IF condition THEN then ELSE else) /\ UNCHANGED <<locks, values, locals>>

StartTheWorld(t) ==
  \/ Branch(t, "start", newprocs = 0, "started", "resize")
  \/ Go(t, "resize", "clear") /\ gomaxprocs' = newprocs /\ UNCHANGED <<locks, stopped, custom, asked, newprocs, limit, update, locals>>
  \/ New(t, "clear", "started", 0)
  \/ Stop(t, "started", "release", FALSE)

Asks(t) == 1 + ((t + made[t]) % 3)
(* The last step of a call, from `from`. *)
Leave(t, from) ==
  /\ Go(t, from, IF made[t] + 1 = Calls THEN "done" ELSE "call")
  /\ made' = [made EXCEPT ![t] = IF @ + 1 = Calls THEN 0 ELSE @ + 1]
  /\ UNCHANGED <<compute, values, procs>>
Call(t) ==
  \/ ~stopped /\ Branch(t, "call", TRUE, "lock", "lock")
  \/ Sched(t, "lock", "read")
  \/ Branch(t, "read", gomaxprocs = Asks(t), "same", "set")
  \/ Leave(t, "same") /\ sched' = FALSE /\ UNCHANGED world
  \/ Custom(t, "set", "unlock", TRUE)
  \/ Unsched(t, "unlock", "await")
  \/ Compute(t, "await", "awaited")
  \/ Uncompute(t, "awaited", "stop")
  \/ World(t, "stop", "flag")
  \/ Stop(t, "flag", "ask", TRUE)
  \/ New(t, "ask", "start", Asks(t))
  \/ StartTheWorld(t)
  \/ Leave(t, "release") /\ world' = FALSE /\ UNCHANGED sched

Update ==
  \/ asked /\ Branch(U, "wait", TRUE, "stop", "stop")
  \/ World(U, "stop", "flag")
  \/ Stop(U, "flag", "lock", TRUE)
  \/ Sched(U, "lock", "read")
  \/ Branch(U, "read", custom, "decline", "unlock")
  \/ Unsched(U, "decline", "start")
  \/ Unsched(U, "unlock", "load")
  \/ Branch(U, "load", TRUE, "store", "store")
  \/ New(U, "store", "relock", update)
  \/ Sched(U, "relock", "reset")
  \/ Custom(U, "reset", "reunlock", FALSE)
  \/ Unsched(U, "reunlock", "start")
  \/ StartTheWorld(U)
  \/ Go(U, "release", "finish") /\ world' = FALSE /\ UNCHANGED <<sched, compute, values, locals>>
  \/ Go(U, "finish", "wait") /\ asked' = FALSE /\ UNCHANGED <<locks, stopped, custom, gomaxprocs, newprocs, limit, update, locals>>

Sysmon ==
  \/ Compute(S, "begin", "lock")
  \/ Sched(S, "lock", "look")
  \/ Branch(S, "look", custom, "skip", "read")
  \/ Unsched(S, "skip", "nothing")
  \/ Go(S, "read", "unlock") /\ procs' = gomaxprocs /\ UNCHANGED <<locks, values, made>>
  \/ Unsched(S, "unlock", "limit")
  \/ /\ Go(S, "limit", IF limit = procs THEN "nothing" ELSE "release")
     /\ procs' = IF limit = procs THEN 0 ELSE limit
     /\ UNCHANGED <<locks, values, made>>
  \/ Uncompute(S, "nothing", "begin")
  \/ Uncompute(S, "release", "pending")
  \/ /\ Go(S, "pending", IF asked THEN "begin" ELSE "store")
     /\ procs' = IF asked THEN 0 ELSE procs
     /\ UNCHANGED <<locks, values, made>>
  \/ /\ Go(S, "store", "ask")
     /\ update' = procs
     /\ procs' = 0
     /\ UNCHANGED <<locks, stopped, custom, asked, gomaxprocs, newprocs, limit, made>>
  \/ Go(S, "ask", "begin") /\ asked' = TRUE /\ UNCHANGED <<locks, stopped, custom, gomaxprocs, newprocs, limit, update, locals>>

Outside ==
  \/ Go(O, "two", "three") /\ limit' = 2 /\ UNCHANGED <<locks, stopped, custom, asked, gomaxprocs, newprocs, update, locals>>
  \/ Go(O, "three", "done") /\ limit' = 3 /\ UNCHANGED <<locks, stopped, custom, asked, gomaxprocs, newprocs, update, locals>>

Next == (\E t \in Caller : Call(t)) \/ Update \/ Sysmon \/ Outside
Spec == Init /\ [][Next]_vars
Safe == \A t \in 0 .. U : pc[t] = "resize" => stopped
=============================================================================
