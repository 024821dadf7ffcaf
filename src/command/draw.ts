import { HeddleError } from '../model/error.ts';

/** Lays out a graph in Graphviz' language and writes it to a file, whole or not at all. Throws `bad-usage` if it can't be written. */
export async function draw(dot: string, file: string): Promise<void> {
  // 1 MB of WebAssembly, wanted for a drawing only.
  const { Graphviz } = await import('@hpcc-js/wasm-graphviz');
  const graphviz = await Graphviz.load();
  await writeWhole(graphviz.dot(dot, 'svg'), file, 'the drawing', '--svg FILE');
}

/**
 * Writes a file atomically: nobody ever sees half of it.
 * @param what how an error names it
 * @param option what would name another file
 * @throws HeddleError `bad-usage`
 */
export async function writeWhole(text: string, file: string, what: string, option: string): Promise<void> {
  const { default: writeFileAtomic } = await import('write-file-atomic');
  try {
    await writeFileAtomic(file, text);
  } catch (error) {
    throw new HeddleError('bad-usage', `${what} can't be written: ${error instanceof Error ? error.message : String(error)}`, {
      where: file,
      cure: `Name a file in a folder that is there, on a disk with room: ${option}.`,
      cause: error,
    });
  }
}
