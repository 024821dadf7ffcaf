------------------------------ MODULE Treiber ------------------------------
(* The steps of model.ts. A thread's locals are reset to 0 when they are not needed any more. *)
EXTENDS Naturals
CONSTANTS Threads, Rounds
VARIABLES head, next, pushcnt, owned, pc, node, left, old, below

Radix == Threads * Rounds + 1
Workers == 1 .. Threads
shared == <<head, next, pushcnt, owned>>
vars == <<head, next, pushcnt, owned, pc, node, left, old, below>>

Init ==
  /\ head = 0
  /\ next = [n \in Workers |-> 0]
  /\ pushcnt = [n \in Workers |-> 0]
  /\ owned = [n \in Workers |-> 1]
  /\ pc = [t \in Workers |-> "disown"]
  /\ node = [t \in Workers |-> t]
  /\ left = [t \in Workers |-> Rounds]
  /\ old = [t \in Workers |-> 0]
  /\ below = [t \in Workers |-> 0]

Go(t, from, to) == pc[t] = from /\ pc' = [pc EXCEPT ![t] = to]

Disown(t) ==
  /\ Go(t, "disown", "count")
  /\ owned' = [owned EXCEPT ![node[t]] = @ - 1]
  /\ UNCHANGED <<head, next, pushcnt, node, left, old, below>>

Count(t) ==
  /\ Go(t, "count", "tryPush")
  /\ pushcnt' = [pushcnt EXCEPT ![node[t]] = @ + 1]
  /\ UNCHANGED <<head, next, owned, node, left, old, below>>

TryPush(t) ==
  /\ Go(t, "tryPush", "link")
  /\ old' = [old EXCEPT ![t] = head]
  /\ UNCHANGED <<shared, node, left, below>>

Link(t) ==
  /\ Go(t, "link", "push")
  /\ next' = [next EXCEPT ![node[t]] = old[t]]
  /\ UNCHANGED <<head, pushcnt, owned, node, left, old, below>>

Push(t) ==
  /\ pc[t] = "push"
  /\ old' = [old EXCEPT ![t] = 0]
  /\ IF head = old[t]
     THEN /\ head' = node[t] * Radix + pushcnt[node[t]]
          /\ node' = [node EXCEPT ![t] = 0]
          /\ pc' = [pc EXCEPT ![t] = "tryPop"]
     ELSE /\ pc' = [pc EXCEPT ![t] = "tryPush"]
          /\ UNCHANGED <<head, node>>
  /\ UNCHANGED <<next, pushcnt, owned, left, below>>

TryPop(t) ==
  /\ pc[t] = "tryPop"
  /\ old' = [old EXCEPT ![t] = head]
  /\ pc' = [pc EXCEPT ![t] = IF head = 0 THEN "tryPop" ELSE "follow"]
  /\ UNCHANGED <<shared, node, left, below>>

Follow(t) ==
  /\ Go(t, "follow", "pop")
  /\ below' = [below EXCEPT ![t] = next[old[t] \div Radix]]
  /\ UNCHANGED <<shared, node, left, old>>

Pop(t) ==
  /\ pc[t] = "pop"
  /\ old' = [old EXCEPT ![t] = 0]
  /\ below' = [below EXCEPT ![t] = 0]
  /\ IF head = old[t]
     THEN /\ head' = below[t]
          /\ node' = [node EXCEPT ![t] = old[t] \div Radix]
          /\ pc' = [pc EXCEPT ![t] = "claim"]
     ELSE /\ pc' = [pc EXCEPT ![t] = "tryPop"]
          /\ UNCHANGED <<head, node>>
  /\ UNCHANGED <<next, pushcnt, owned, left>>

Claim(t) ==
  /\ pc[t] = "claim"
  /\ owned' = [owned EXCEPT ![node[t]] = @ + 1]
  /\ left' = [left EXCEPT ![t] = @ - 1]
  /\ IF left[t] = 1
     THEN /\ pc' = [pc EXCEPT ![t] = "done"]
          /\ node' = [node EXCEPT ![t] = 0]
     ELSE /\ pc' = [pc EXCEPT ![t] = "disown"]
          /\ UNCHANGED node
  /\ UNCHANGED <<head, next, pushcnt, old, below>>

Done == (\A t \in Workers : pc[t] = "done") /\ UNCHANGED vars

Next ==
  \/ \E t \in Workers : Disown(t) \/ Count(t) \/ TryPush(t) \/ Link(t) \/ Push(t) \/ TryPop(t) \/ Follow(t) \/ Pop(t) \/ Claim(t)
  \/ Done
Spec == Init /\ [][Next]_vars
Safe == \A n \in Workers : owned[n] <= 1
=============================================================================
