import { writeWhole } from '../counterexample/write-whole.ts';

/** Lays out a graph in Graphviz' language and writes it to a file, whole or not at all. Throws `cannot-write`. */
export async function draw(dot: string, file: string): Promise<void> {
  // 1 MB of WebAssembly, wanted for a drawing only.
  const { Graphviz } = await import('@hpcc-js/wasm-graphviz');
  const graphviz = await Graphviz.load();
  await writeWhole(file, graphviz.dot(dot, 'svg'), 'the drawing', {
    cure: 'Name a file in a folder that is there, on a disk with room: --svg FILE.',
  });
}
