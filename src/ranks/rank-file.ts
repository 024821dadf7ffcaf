import { readFileSync } from 'node:fs';
import { HeddleError } from '../model/error.ts';
import { parseRanks, type RankNotation } from './parse-ranks.ts';
import { PartialOrder } from './partial-order.ts';

/**
 * The rank graph of a file: a text in the notation, or a source file that has one in `const ranks = …` between backquotes,
 * such as Go's own src/runtime/mklockrank.go. The ranks of that file's `cyclicRanks` nest in themselves.
 * Places in errors are those of the file. Throws `ranks-unreadable` and `ranks-cyclic`.
 */
export function readRankFile(path: string): PartialOrder {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new HeddleError('ranks-unreadable', error instanceof Error ? error.message : String(error), {
      where: path,
      cure: 'Name a file that is there: --ranks FILE.',
      cause: error,
    });
  }
  return rankGraphOf(text, path);
}

/** The same for a text that has been read. */
export function rankGraphOf(text: string, source: string): PartialOrder {
  const embedded = /\bconst ranks\b[^`]*`([^`]*)`/.exec(text);
  if (embedded === null) return PartialOrder.of(text, source);
  const begin = embedded.index + embedded[0].indexOf('`') + 1;
  // What is before it is blanked and not cut off, so that places stay what they are.
  const notation = parseRanks(text.slice(0, begin).replaceAll(/[^\n]/g, ' ') + embedded[1]!, source);
  return new PartialOrder({ ...notation, edges: [...notation.edges, ...cyclicRanks(text, source, notation)] });
}

function cyclicRanks(text: string, source: string, { names }: RankNotation): RankNotation['edges'] {
  const list = /\bvar cyclicRanks\b[^{]*\{([^}]*)\}/.exec(text);
  if (list === null) return [];
  return [...list[1]!.matchAll(/"(\w+)":\s*true/g)]
    .map((match) => match[1]!)
    .filter((rank) => names.includes(rank))
    .map((rank) => ({ held: rank, taken: rank, place: source }));
}
