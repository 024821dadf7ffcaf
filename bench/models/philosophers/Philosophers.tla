---------------------------- MODULE Philosophers ----------------------------
(* The steps of model.ts. *)
EXTENDS Naturals
CONSTANT N
VARIABLES taken, pc

Seats == 0 .. N - 1
First(s) == IF s = N - 1 THEN 0 ELSE s
Second(s) == IF s = N - 1 THEN s ELSE s + 1

Init ==
  /\ taken = [f \in Seats |-> FALSE]
  /\ pc = [s \in Seats |-> 0]

Take(s, fork, to) ==
  /\ ~taken[fork]
  /\ taken' = [taken EXCEPT ![fork] = TRUE]
  /\ pc' = [pc EXCEPT ![s] = to]

Drop(s, fork, to) ==
  /\ taken' = [taken EXCEPT ![fork] = FALSE]
  /\ pc' = [pc EXCEPT ![s] = to]

Dine(s) ==
  \/ pc[s] = 0 /\ Take(s, First(s), 1)
  \/ pc[s] = 1 /\ Take(s, Second(s), 2)
  \/ pc[s] = 2 /\ Drop(s, First(s), 3)
  \/ pc[s] = 3 /\ Drop(s, Second(s), 0)

Next == \E s \in Seats : Dine(s)
Spec == Init /\ [][Next]_<<taken, pc>>
Safe == TRUE
=============================================================================
