import { System } from '../kernel/system.ts';
import { scopeOf } from '../project/select.ts';
import type { CheckedVariant } from './check-variant.ts';

const systems = new WeakMap<CheckedVariant, System>();

/** The system of a checked variant with raw automata: what its schedules are told and recorded on. */
export function rawSystemOf(checked: CheckedVariant): System {
  let system = systems.get(checked);
  if (system === undefined) {
    const { protocol, variant, scope } = checked;
    const guarantees = checked.guarantees.map(({ guarantee }) => guarantee);
    system = new System(protocol.handles, protocol.ranks, scopeOf(protocol, scope).scenario(variant.routines), guarantees, {
      automata: 'raw',
    });
    systems.set(checked, system);
  }
  return system;
}
