import { System } from '../kernel/system.ts';
import { scopeOf } from '../project/select.ts';
import type { CheckedVariant } from './check-variant.ts';

const systems = { raw: new WeakMap<CheckedVariant, System>(), minimised: new WeakMap<CheckedVariant, System>() };

/** The system of a checked variant with raw automata: what its schedules are told and recorded on. */
export function rawSystemOf(checked: CheckedVariant): System {
  return systemOf(checked, 'raw');
}

/** The system of a checked variant; its schedules fit both. */
export function systemOf(checked: CheckedVariant, automata: 'raw' | 'minimised'): System {
  let system = systems[automata].get(checked);
  if (system === undefined) {
    const { protocol, variant, scope } = checked;
    const guarantees = checked.guarantees.map(({ guarantee }) => guarantee);
    system = new System(protocol.handles, protocol.ranks, scopeOf(protocol, scope).scenario(variant.routines), guarantees, { automata });
    systems[automata].set(checked, system);
  }
  return system;
}
