import type { LockOrder } from '../check/explore-lock-order.ts';

/** The graph in Graphviz' language: taken solid, forbidden red, allowed and not taken dashed and grey. Held is above taken. */
export function lockOrderDot({ protocol, variant, scope, use }: Pick<LockOrder, 'protocol' | 'variant' | 'scope' | 'use'>): string {
  const mutexes = protocol.handles.filter((handle) => handle.kind === 'mutex');
  const lines = [
    'digraph {',
    `  graph [fontname="Helvetica" fontsize=12 labelloc=t label=${quoted(`${protocol.name}/${variant.name}, scope ${scope}`)}];`,
    '  node [fontname="Helvetica" fontsize=11 shape=box style=rounded];',
    '  edge [fontname="Helvetica" fontsize=10];',
    ...mutexes.map(({ name, rank }) => `  ${quoted(name)} [label=${quoted(`${name}\n${rank ?? 'no rank'}`)}];`),
    ...use.edges.map(({ held, taken, breach }) =>
      edge(
        held.name,
        taken.name,
        breach === undefined ? [] : ['color="#c0392b"', 'fontcolor="#c0392b"', 'penwidth=2', `label=${quoted(breach)}`],
      ),
    ),
    ...use.unused.flatMap((entry) =>
      mutexes
        .filter(({ rank }) => rank === entry.held)
        .flatMap((held) =>
          mutexes
            .filter((taken) => taken.rank === entry.taken && taken !== held)
            .map((taken) => edge(held.name, taken.name, ['style=dashed', 'color="#999999"'])),
        ),
    ),
    '}',
  ];
  return `${lines.join('\n')}\n`;
}

function edge(from: string, to: string, attributes: readonly string[]): string {
  return `  ${quoted(from)} -> ${quoted(to)}${attributes.length === 0 ? '' : ` [${attributes.join(' ')}]`};`;
}

function quoted(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
}
