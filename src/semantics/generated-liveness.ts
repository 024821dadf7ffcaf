/** Test support: liveness properties for generated protocols, under many kinds of fairness. */
import * as fc from 'fast-check';
import { changes, emits, enters, returns, writes } from '../property/event.ts';
import type { Fairness } from '../property/fairness.ts';
import { eventually, leadsTo, respondsTo, whenHolds, type Liveness } from '../property/liveness.ts';
import { guarantee } from '../property/property.ts';
import { pool } from './generated-program.ts';
import { subjectOf } from './generated-protocols.ts';
import { livelyProtocol } from './lively-protocols.ts';
import type { Subject } from './state.ts';

const { x, y, last } = pool;

const properties: readonly ((fairness: Fairness) => Liveness)[] = [
  (fairness) => leadsTo(enters('alpha'), returns('alpha'), { each: 'thread', fairness }).globally(),
  (fairness) => leadsTo(enters('beta'), returns('beta'), { each: 'thread', fairness }).globally(),
  (fairness) => eventually(returns('alpha'), { fairness }).globally(),
  (fairness) => leadsTo(emits('ping'), emits('pong'), { fairness }).globally(),
  (fairness) => leadsTo(enters('turn'), returns('turn'), { each: 'thread', fairness }).globally(),
  (fairness) =>
    eventually(
      whenHolds([x, y], (a, b) => a + b === 2),
      { fairness },
    ).globally(),
  (fairness) =>
    leadsTo(
      whenHolds([x, y], (a, b) => a === 1 && b !== 2),
      whenHolds([y], (b) => b === 0),
      { fairness },
    ).globally(),
  (fairness) =>
    leadsTo(
      whenHolds([x], (a) => a === 1),
      writes(x),
      { fairness },
    ).globally(),
  (fairness) => respondsTo(writes(y), changes(x), { fairness }).globally(),
  (fairness) => respondsTo(writes(x), writes(y), { fairness, each: 'thread' }).globally(),
  (fairness) => respondsTo(changes(y), enters('turn'), { fairness }).afterUntil(emits('ping'), emits('pong')),
  (fairness) =>
    leadsTo(
      writes(y),
      whenHolds([y, last], (b, seen) => b === seen),
      { fairness },
    ).after(changes(x)),
  (fairness) => eventually(changes(y), { fairness }).after(enters('turn')),
];

const fairness: readonly Fairness[] = [
  {},
  {},
  {},
  { operations: { lock: 'weak', acquire: 'weak' } },
  { operations: { 'safe point': 'weak', stop: 'weak' } },
  { operations: { waitUntil: 'strong', atomically: 'strong' } },
  { operations: { waitUntil: 'strong', acquire: 'weak' } },
  { operations: { 'safe point': 'none', lock: 'none' } },
  { threads: { B: 'none' } },
  { threads: { A: 'strong' } },
  { threads: { A: 'none', B: 'strong' } },
];

/** A protocol with one liveness property beside the built-in guarantees. */
export const livelySubject: fc.Arbitrary<Subject> = fc
  .record({ protocol: livelyProtocol, property: fc.constantFrom(...properties), fairness: fc.constantFrom(...fairness) })
  .map(({ protocol, property, fairness: assumed }) => {
    const subject = subjectOf({ ...protocol, guarantees: [] });
    return { ...subject, guarantees: [guarantee('lively', { says: '', source: '' }, property(assumed)), ...subject.guarantees] };
  });
