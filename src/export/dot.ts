/** Text in Graphviz' language. */
export function quoted(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
}

/** A directed graph with a title above it. */
export function digraph(title: string, lines: readonly string[]): string {
  return `${[
    'digraph {',
    `  graph [fontname="Helvetica" fontsize=12 labelloc=t label=${quoted(title)}];`,
    '  node [fontname="Helvetica" fontsize=10 shape=box style=rounded margin="0.2,0.08"];',
    '  edge [fontname="Helvetica" fontsize=9];',
    '  start [shape=point label=""];',
    ...lines.map((line) => `  ${line}`),
    '}',
  ].join('\n')}\n`;
}

export const red = '#c0392b';
