------------------------------ MODULE Peterson ------------------------------
(* The steps of model.ts. pc is <<level, whom>> while waiting for the thread that is `whom` seats ahead. *)
EXTENDS Naturals
CONSTANT N
VARIABLES level, last, inside, pc

Threads == 0 .. N - 1
vars == <<level, last, inside, pc>>

Init ==
  /\ level = [t \in Threads |-> 0]
  /\ last = [l \in 1 .. N - 1 |-> 0]
  /\ inside = 0
  /\ pc = [t \in Threads |-> <<"climb", 1, 0>>]

To(t, step, at, ahead) == pc' = [pc EXCEPT ![t] = <<step, at, ahead>>]

Climb(t) ==
  /\ pc[t][1] = "climb"
  /\ level' = [level EXCEPT ![t] = pc[t][2]]
  /\ To(t, "come", pc[t][2], 0)
  /\ UNCHANGED <<last, inside>>

Come(t) ==
  /\ pc[t][1] = "come"
  /\ last' = [last EXCEPT ![pc[t][2]] = t]
  /\ To(t, "wait", pc[t][2], 1)
  /\ UNCHANGED <<level, inside>>

Wait(t) ==
  LET at == pc[t][2]
      ahead == pc[t][3]
  IN /\ pc[t][1] = "wait"
     /\ ~(level[(t + ahead) % N] >= at /\ last[at] = t)
     /\ IF ahead < N - 1 THEN To(t, "wait", at, ahead + 1)
        ELSE IF at < N - 1 THEN To(t, "climb", at + 1, 0)
        ELSE To(t, "enter", 0, 0)
     /\ UNCHANGED <<level, last, inside>>

Enter(t) ==
  /\ pc[t][1] = "enter"
  /\ inside' = inside + 1
  /\ To(t, "leave", 0, 0)
  /\ UNCHANGED <<level, last>>

Leave(t) ==
  /\ pc[t][1] = "leave"
  /\ inside' = inside - 1
  /\ To(t, "drop", 0, 0)
  /\ UNCHANGED <<level, last>>

Drop(t) ==
  /\ pc[t][1] = "drop"
  /\ level' = [level EXCEPT ![t] = 0]
  /\ To(t, "climb", 1, 0)
  /\ UNCHANGED <<last, inside>>

Next == \E t \in Threads : Climb(t) \/ Come(t) \/ Wait(t) \/ Enter(t) \/ Leave(t) \/ Drop(t)
Spec == Init /\ [][Next]_vars
Safe == inside <= 1
=============================================================================
