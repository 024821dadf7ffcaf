import { HeddleError } from '../model/error.ts';
import type { Protocol, Scope, Variant } from '../model/protocol.ts';
import type { Guarantee } from '../property/property.ts';
import type { LoadedProtocol, StatedProtocol } from './load-models.ts';
import { matching } from './matching.ts';
import { unknown } from './unknown.ts';

/** One variant of one protocol. */
export interface Selected<Loaded extends StatedProtocol = LoadedProtocol> {
  readonly loaded: Loaded;
  readonly variant: Variant<unknown>;
}

/**
 * The variants that a selection names: `protocol`, `protocol/variant` or globs of these; none means all.
 * Throws `unknown-name` for a pattern that matches nothing, with the nearest name.
 */
export function select<Loaded extends StatedProtocol>(
  protocols: readonly Loaded[],
  patterns: readonly string[],
): readonly Selected<Loaded>[] {
  const all = protocols.flatMap((loaded) =>
    loaded.protocol.variants.map((variant): Selected<Loaded> => ({ loaded, variant: variant as Variant<unknown> })),
  );
  if (patterns.length === 0) return all;
  const chosen = new Set<Selected<Loaded>>();
  for (const pattern of patterns) {
    const matches = matching(pattern);
    const found = all.filter(({ loaded, variant }) => matches(loaded.protocol.name) || matches(`${loaded.protocol.name}/${variant.name}`));
    if (found.length === 0)
      throw unknown('protocol or variant', pattern, [
        ...protocols.map(({ protocol }) => protocol.name),
        ...all.map(({ loaded, variant }) => `${loaded.protocol.name}/${variant.name}`),
      ]);
    for (const entry of found) chosen.add(entry);
  }
  return all.filter((entry) => chosen.has(entry));
}

/** The variant that was named, or the first of the protocol that was. Throws `unknown-name`, and `bad-usage` if several were. */
export function selectOne<Loaded extends StatedProtocol>(protocols: readonly Loaded[], name: string): Selected<Loaded> {
  const selected = select(protocols, [name]);
  const [first] = selected;
  if (selected.length > 1 && selected.some(({ loaded }) => loaded.protocol.name !== name))
    throw new HeddleError('bad-usage', `${name} names ${selected.length} variants`, {
      cure: `Name one, such as ${first!.loaded.protocol.name}/${first!.variant.name}.`,
    });
  return first!;
}

/** The protocol's scope of that name. Throws `unknown-name`. */
export function scopeOf(protocol: Protocol, name: string): Scope<unknown> {
  const found = protocol.scopes.find((scope) => scope.name === name);
  if (found === undefined)
    throw unknown(
      `scope of ${protocol.name}`,
      name,
      protocol.scopes.map((scope) => scope.name),
    );
  return found as Scope<unknown>;
}

/** The guarantees of that name, or all. Throws `unknown-name` if no selected protocol has it. */
export function checkGuaranteeName(selected: readonly Selected<StatedProtocol>[], name: string | undefined): void {
  const names = new Set(selected.flatMap(({ loaded }) => loaded.guarantees.map((guarantee: Guarantee) => guarantee.name)));
  if (name !== undefined && !names.has(name)) throw unknown('guarantee', name, [...names]);
}
