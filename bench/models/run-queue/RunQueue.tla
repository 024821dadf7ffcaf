------------------------------ MODULE RunQueue ------------------------------
(* The steps of model.ts; the ring has four slots. Locals are reset to 0 when they are not needed any more. *)
EXTENDS Naturals
CONSTANTS Thieves, Tasks
VARIABLES head, tail, runq, ran, pc, first, one, two

Slots == 4
Thief == 1 .. Thieves
Threads == 0 .. Thieves
shared == <<head, tail, runq, ran>>
vars == <<head, tail, runq, ran, pc, first, one, two>>

Init ==
  /\ head = 0
  /\ tail = 0
  /\ runq = [s \in 0 .. Slots - 1 |-> 0]
  /\ ran = [k \in 1 .. Tasks |-> 0]
  /\ pc = [t \in Threads |-> IF t = 0 THEN "turn" ELSE "steal"]
  /\ first = [t \in Threads |-> 0]
  /\ one = [t \in Threads |-> 0]
  /\ two = [t \in Threads |-> 0]

Go(t, from, to) == pc[t] = from /\ pc' = [pc EXCEPT ![t] = to]
Reset(f, t) == f' = [f EXCEPT ![t] = 0]

(* The owner, thread 0. *)
Choose ==
  /\ tail < Tasks
  /\ Go(0, "turn", "put") \/ Go(0, "turn", "get")
  /\ UNCHANGED <<shared, first, one, two>>

Room ==
  /\ Go(0, "put", IF tail - head < Slots THEN "fill" ELSE "turn")
  /\ UNCHANGED <<shared, first, one, two>>

Fill ==
  /\ Go(0, "fill", "publish")
  /\ runq' = [runq EXCEPT ![tail % Slots] = tail + 1]
  /\ UNCHANGED <<head, tail, ran, first, one, two>>

Publish ==
  /\ Go(0, "publish", "turn")
  /\ tail' = tail + 1
  /\ UNCHANGED <<head, runq, ran, first, one, two>>

Get ==
  /\ pc[0] = "get" \/ (pc[0] = "turn" /\ tail = Tasks)
  /\ IF head = tail
     THEN /\ pc' = [pc EXCEPT ![0] = IF tail = Tasks THEN "done" ELSE "turn"]
          /\ UNCHANGED first
     ELSE /\ pc' = [pc EXCEPT ![0] = "read"]
          /\ first' = [first EXCEPT ![0] = head]
  /\ UNCHANGED <<shared, one, two>>

Read ==
  /\ Go(0, "read", "take")
  /\ one' = [one EXCEPT ![0] = runq[first[0] % Slots]]
  /\ UNCHANGED <<shared, first, two>>

Take ==
  /\ pc[0] = "take"
  /\ Reset(first, 0)
  /\ IF head = first[0]
     THEN /\ head' = head + 1
          /\ pc' = [pc EXCEPT ![0] = "run"]
          /\ UNCHANGED one
     ELSE /\ pc' = [pc EXCEPT ![0] = IF tail = Tasks THEN "turn" ELSE "get"]
          /\ Reset(one, 0)
          /\ UNCHANGED head
  /\ UNCHANGED <<tail, runq, ran, two>>

(* Anybody. *)
Run(t) ==
  /\ pc[t] = "run"
  /\ ran' = [ran EXCEPT ![one[t]] = @ + 1]
  /\ one' = [one EXCEPT ![t] = two[t]]
  /\ Reset(two, t)
  /\ pc' = [pc EXCEPT ![t] = IF two[t] > 0 THEN "run" ELSE IF t = 0 THEN "turn" ELSE "steal"]
  /\ UNCHANGED <<head, tail, runq, first>>

(* The thieves. *)
Steal(t) ==
  /\ Go(t, "steal", "look")
  /\ first' = [first EXCEPT ![t] = head]
  /\ UNCHANGED <<shared, one, two>>

Look(t) ==
  LET count == tail - first[t]
  IN /\ pc[t] = "look"
     /\ IF count = 0 \/ count > Slots
        THEN pc' = [pc EXCEPT ![t] = "steal"] /\ Reset(first, t)
        ELSE pc' = [pc EXCEPT ![t] = IF count <= 2 THEN "copy" ELSE "copyOfTwo"] /\ UNCHANGED first
     /\ UNCHANGED <<shared, one, two>>

Copy(t) ==
  /\ Go(t, "copy", "grab") \/ Go(t, "copyOfTwo", "copySecond")
  /\ one' = [one EXCEPT ![t] = runq[first[t] % Slots]]
  /\ UNCHANGED <<shared, first, two>>

CopySecond(t) ==
  /\ Go(t, "copySecond", "grabTwo")
  /\ two' = [two EXCEPT ![t] = runq[(first[t] + 1) % Slots]]
  /\ UNCHANGED <<shared, first, one>>

Grab(t) ==
  /\ pc[t] \in {"grab", "grabTwo"}
  /\ Reset(first, t)
  /\ IF head = first[t]
     THEN /\ head' = head + IF pc[t] = "grab" THEN 1 ELSE 2
          /\ pc' = [pc EXCEPT ![t] = "run"]
          /\ UNCHANGED <<one, two>>
     ELSE /\ pc' = [pc EXCEPT ![t] = "steal"]
          /\ Reset(one, t)
          /\ Reset(two, t)
          /\ UNCHANGED head
  /\ UNCHANGED <<tail, runq, ran>>

Next ==
  \/ Choose \/ Room \/ Fill \/ Publish \/ Get \/ Read \/ Take
  \/ \E t \in Threads : Run(t)
  \/ \E t \in Thief : Steal(t) \/ Look(t) \/ Copy(t) \/ CopySecond(t) \/ Grab(t)
Spec == Init /\ [][Next]_vars
Safe == \A k \in 1 .. Tasks : ran[k] <= 1
=============================================================================
