import { System } from '../kernel/system.ts';
import { scenariosOf, type Scenario } from '../model/protocol.ts';
import { scopeOf } from '../project/select.ts';
import type { CheckedVariant } from './check-variant.ts';

const systems = { 'on-demand': new WeakMap<CheckedVariant, System>(), minimised: new WeakMap<CheckedVariant, System>() };

/** The system of a checked variant with raw automata: what its schedules are told and recorded on. They reach little of them. */
export function rawSystemOf(checked: CheckedVariant): System {
  return systemOf(checked, 'on-demand');
}

/** The system of a checked variant; its schedules fit both. */
export function systemOf(checked: CheckedVariant, automata: 'on-demand' | 'minimised'): System {
  let system = systems[automata].get(checked);
  if (system === undefined) {
    const { protocol } = checked;
    const guarantees = checked.guarantees.map(({ guarantee }) => guarantee);
    system = new System(protocol.handles, protocol.ranks, scenarioOf(checked), guarantees, { automata });
    systems[automata].set(checked, system);
  }
  return system;
}

/** What was explored: the scope's scenario, or a generated one. */
export function scenarioOf({ protocol, variant, scope, description }: CheckedVariant): Scenario {
  const { routines } = variant;
  return description === undefined ? scopeOf(protocol, scope).scenario(routines) : scenariosOf(protocol).build(routines)(description);
}
