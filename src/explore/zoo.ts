/** Test support: every variant of the zoo in its smallest scope. */
import computeMaxProcs from '../../models/compute-max-procs/index.ts';
import mprof from '../../models/mprof/index.ts';
import sysmonTrace from '../../models/sysmon-trace/index.ts';
import { guarantees as computeMaxProcsGuarantees } from '../../properties/compute-max-procs.ts';
import { guarantees as mprofGuarantees } from '../../properties/mprof.ts';
import { guarantees as sysmonTraceGuarantees } from '../../properties/sysmon-trace.ts';
import { System } from '../kernel/system.ts';
import { hasPlain, withBuiltIn, type Guarantee } from '../property/property.ts';

const protocols = [
  [computeMaxProcs, computeMaxProcsGuarantees],
  [sysmonTrace, sysmonTraceGuarantees],
  [mprof, mprofGuarantees],
] as const;

export const zoo = protocols.map(([{ name }]) => name);

/** A system for each variant of a protocol, or for those of these names, on minimised automata, with the guarantees that are wanted. */
export function* tinySystems(
  name: string,
  wanted: (guarantee: Guarantee) => boolean,
  names?: readonly string[],
): Generator<{ readonly variant: string; readonly system: System }> {
  const [protocol, stated] = protocols.find(([{ name: own }]) => own === name)!;
  const guarantees = withBuiltIn(stated, protocol.ranks !== undefined, hasPlain(protocol.handles)).filter(wanted);
  for (const { name: variant, routines } of protocol.variants) {
    if (names?.includes(variant) === false) continue;
    const scenario = protocol.scopes.find((scope) => scope.name === 'tiny')!.scenario(routines as never);
    yield { variant, system: new System(protocol.handles, protocol.ranks, scenario, guarantees, { automata: 'minimised' }) };
  }
}
