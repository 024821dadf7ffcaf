/** All that an author imports. */
export { HeddleError } from './model/error.ts';
export { array, bool, gate, ghost, int, mutex, oneOf, option, plain, record, semaphore, tagged, threadId } from './model/handle.ts';
export type { ArrayHandle, Gate, Ghost, Mutex, Semaphore, Shared, Variable } from './model/handle.ts';
export type { Tagged } from './model/domain.ts';
export { perThread } from './model/per-thread.ts';
export {
  acquire,
  acquirem,
  atomically,
  choose,
  compareAndSwap,
  emit,
  ensure,
  fetchAdd,
  load,
  lock,
  mayWaitForever,
  release,
  releasem,
  self,
  set,
  start,
  stop,
  store,
  swap,
  tryLock,
  unlock,
  update,
  waitUntil,
} from './model/operations.ts';
export { Step } from './model/operation.ts';
export type { Body, GhostWrite, Operation, Outcome } from './model/operation.ts';
export { again, become, done, forever, loop, routine } from './model/routine.ts';
export type { Again, Done, Routine } from './model/routine.ts';
export { environment, given, protocol, scenario, scope, thread, variant } from './model/protocol.ts';
export type { Expectation, Given, LockRanks, Protocol, Scenario, Scope, Thread, Variant } from './model/protocol.ts';
export { scenarios } from './model/scenarios.ts';
export type { Scenarios } from './model/scenarios.ts';
export { acceptor, appends } from './property/acceptor.ts';
export type { Append } from './property/acceptor.ts';
export { changes, emits, enters, returns, writes } from './property/event.ts';
export type { Event, EventPattern } from './property/event.ts';
export {
  dataRaceFreedom,
  guarantee,
  invariant,
  lockDiscipline,
  lockOrder,
  monitor,
  neverDelayedBy,
  noThrow,
  notStuck,
  on,
  stepProperty,
  violated,
  withBuiltIn,
} from './property/property.ts';
export type { Guarantee, Invariant, Monitor, Property, Reaction, Start, StepProperty, Violated } from './property/property.ts';
export { abstraction, atOnce, linearizable, whenever } from './property/linearizable.ts';
export type { Abstraction, AtOnce, Specification, Whenever } from './property/linearizable.ts';
export type { Effect } from './property/linearizations.ts';
export { eventually, leadsTo, respondsTo, whenHolds } from './property/liveness.ts';
export type { Liveness, LivenessOptions, ScopedLiveness, StatePattern } from './property/liveness.ts';
export type { FairOperation, Fairness, Strength } from './property/fairness.ts';
export { exists, never, precedes } from './property/pattern.ts';
export type { Scoped } from './property/pattern.ts';
export { check, explore } from './check/check.ts';
export type { ExploredScenario, ProgramCheckOptions } from './check/check.ts';
export { exploreLockOrder } from './check/explore-lock-order.ts';
export type { LockOrder, LockOrderOptions } from './check/explore-lock-order.ts';
export type { CheckedGuarantee, CheckedVariant, Status } from './check/check-variant.ts';
export { minimalViolation } from './explore/minimal-violation.ts';
export type { MinimalViolationOptions } from './explore/minimal-violation.ts';
export type { Minimum } from './explore/minimal.ts';
export { byPreemptions, byScenario } from './explore/size.ts';
export type { Measure, Order, Size } from './explore/size.ts';
export type { Bound, Certificate, CompactedBound, Exploration, SchedulesBound, Verdict, Violation } from './explore/verdict.ts';
export type { StrategyName } from './explore/strategies/names.ts';
export type { ResidualRisk } from './risk/residual-risk.ts';
export type { Chance } from './risk/chance.ts';
export type { MissedBug } from './risk/missed-bug.ts';
export { interleavings } from './schedule/interleavings.ts';
export type { InterleavingsOptions, ScenarioOrSelection } from './schedule/interleavings.ts';
export { Run } from './schedule/run.ts';
export type { Choice, Schedule } from './schedule/schedule.ts';
export { closureGaps } from './ranks/closure-gaps.ts';
export type { ClosureGap } from './ranks/closure-gaps.ts';
export { compareTables, joinTables } from './ranks/compare.ts';
export type { RankEntry, TableDifference } from './ranks/compare.ts';
export { PartialOrder } from './ranks/partial-order.ts';
