import { existsSync } from 'node:fs';
import { withBuiltIn, type Guarantee, type Protocol } from '../src/index.ts';
import { System } from '../src/kernel/system.ts';

/** A model of bench/models by name, with the guarantees that bench/properties states for it, if any: its first variant and scope, on raw automata. */
export async function modelSystem(name: string): Promise<() => System> {
  const { default: protocol } = (await import(`./models/${name}/index.js`)) as { readonly default: Protocol };
  const properties = new URL(`./properties/${name}.js`, import.meta.url);
  const stated = existsSync(properties)
    ? ((await import(properties.href)) as { readonly guarantees: readonly Guarantee[] }).guarantees
    : [];
  const { handles, ranks, scopes, variants } = protocol;
  const scenario = scopes[0]!.scenario(variants[0]!.routines);
  return () => new System(handles, ranks, scenario, withBuiltIn(stated, ranks !== undefined), { automata: 'raw' });
}
