import type { LocalState } from '../../automaton/local-state.ts';
import type { GhostTable } from '../../kernel/ghost-table.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import { Opcode } from '../../kernel/opcode.ts';
import type { CompoundCode } from '../../kernel/program.ts';
import { renamedValues, type Renaming } from './renaming.ts';

/**
 * The renaming that lets threads change places as `threads` says, if it maps every thread's tables onto those of the
 * thread in whose place it goes; otherwise the reason why it does not.
 *
 * Walks both automata from their initial local states together: two local states fit if they ask for the same operation
 * on the same handles, their guards, compound steps and ghost updates are the same tables up to the new names of threads
 * in values, and so are all their futures. Numbers of local states may differ.
 */
export function renamingOf(kernel: Kernel, threads: Int32Array): Renaming | string {
  const { system } = kernel;
  const values = renamedValues(system, threads);
  if (typeof values === 'string') return values;
  const nodes = system.learners.map(({ states }) => new Int32Array(states.length).fill(-1));
  const walk = new Walk(kernel, values);
  for (const [thread, { initial }] of system.learners.entries()) {
    const other = threads[thread]!;
    const open: (readonly [number, number])[] = [[initial, system.learners[other]!.initial]];
    const taken = new Set<number>();
    for (let pair = open.pop(); pair !== undefined; pair = open.pop()) {
      const [node, image] = pair;
      if (nodes[thread]![node] === image) continue;
      const [mine, theirs] = [system.learners[thread]!.states[node]!, system.learners[other]!.states[image]!];
      const results = nodes[thread]![node]! >= 0 || taken.has(image) ? undefined : walk.results(thread, node, other, image);
      if (results === undefined)
        return differing(system.scenario.threads[thread]!.name, mine, system.scenario.threads[other]!.name, theirs);
      nodes[thread]![node] = image;
      taken.add(image);
      results.forEach((result, code) => open.push([mine.successors[code]!, theirs.successors[result]!]));
    }
  }
  return { threads, nodes, values };
}

function differing(name: string, mine: LocalState, other: string, theirs: LocalState): string {
  const [one, two] = [nameOf(mine), nameOf(theirs)];
  return name === other
    ? `${name} treats the others differently, at ${one}`
    : `${name} and ${other} differ, at ${one}${one === two ? '' : ` and ${two}`}`;
}

function nameOf({ pending }: LocalState): string {
  return pending.kind === 'operation' ? pending.operation.kind : pending.kind;
}

/** Compares single local states. */
class Walk {
  readonly #kernel: Kernel;
  readonly #values: Renaming['values'];

  constructor(kernel: Kernel, values: Renaming['values']) {
    this.#kernel = kernel;
    this.#values = values;
  }

  /** Which result of the other's operation each result of the first's stands for; undefined if they differ. */
  results(thread: number, node: number, other: number, image: number): readonly number[] | undefined {
    const mine = this.#kernel.programs[thread]!;
    const theirs = this.#kernel.programs[other]!;
    const { pending, successors } = mine.learner.states[node]!;
    const { pending: otherPending, successors: otherSuccessors } = theirs.learner.states[image]!;
    if (mine.opcode[node] !== theirs.opcode[image] || successors.length !== otherSuccessors.length) return undefined;
    if (pending.kind === 'operation' && otherPending.kind === 'operation')
      if (pending.operation.mayWaitForever !== otherPending.operation.mayWaitForever) return undefined;
    if (mine.a[node] !== theirs.a[image]) return undefined;
    let results: readonly number[] = Array.from(successors, (_, code) => code);
    switch (mine.opcode[node]) {
      case Opcode.load:
        results = results.map((code) => this.#renamed(mine.a[node]!, code));
        break;
      case Opcode.store:
        if (this.#renamed(mine.a[node]!, mine.b[node]!) !== theirs.b[image]) return undefined;
        break;
      case Opcode.compound: {
        const found = this.#compound(mine.compounds[node]!, theirs.compounds[image]!, results.length);
        if (found === undefined) return undefined;
        results = found;
        break;
      }
      default:
        if (mine.b[node] !== theirs.b[image]) return undefined;
    }
    const ghosts = mine.extras[node]?.ghosts ?? [];
    const otherGhosts = theirs.extras[image]?.ghosts ?? [];
    if (ghosts.length !== otherGhosts.length) return undefined;
    return ghosts.every((ghost, k) => this.#sameGhost(ghost, otherGhosts[k]!, results)) ? results : undefined;
  }

  /** A variable's or ghost's code after the renaming; its field has its own number. */
  #renamed(field: number, code: number): number {
    return this.#values[field]?.[code] ?? code;
  }

  #row({ fields, radices }: Pick<CompoundCode, 'fields' | 'radices'>, row: number): number {
    let image = 0;
    let rest = row;
    for (let k = fields.length - 1; k >= 0; k--) {
      const code = Math.floor(rest / radices[k]!);
      rest %= radices[k]!;
      image += this.#renamed(fields[k]!, code) * radices[k]!;
    }
    return image;
  }

  #compound(mine: CompoundCode, theirs: CompoundCode, count: number): readonly number[] | undefined {
    const { fields, table } = mine;
    const width = fields.length;
    if (fields.join() !== theirs.fields.join()) return undefined;
    const results: number[] = Array.from({ length: count }, () => -1);
    for (let row = 0; row < table.rows; row++) {
      const image = this.#row(mine, row);
      const outcome = table.outcome[row]!;
      const other = theirs.table.outcome[image]!;
      if (outcome < 0 ? outcome !== other : other < 0) return undefined;
      if (table.writes[row] !== theirs.table.writes[image]) return undefined;
      for (let k = 0; k < width; k++)
        if (this.#renamed(fields[k]!, table.next[row * width + k]!) !== theirs.table.next[image * width + k]) return undefined;
      if (outcome < 0) continue;
      if (results[outcome]! >= 0 && results[outcome] !== other) return undefined;
      results[outcome] = other;
    }
    // A result that no row has leads nowhere that a run could go.
    const used = results.map((result, code) => (result < 0 ? code : result));
    return new Set(used).size === used.length ? used : undefined;
  }

  #sameGhost(mine: GhostTable, theirs: GhostTable, results: readonly number[]): boolean {
    if (mine.target !== theirs.target || mine.fields.join() !== theirs.fields.join()) return false;
    return results.every((other, result) => {
      for (let row = 0; row < mine.rows; row++) {
        const code = mine.next[result * mine.rows + row]!;
        const image = theirs.next[other * mine.rows + this.#row(mine, row)]!;
        if ((code < 0 ? code : this.#renamed(mine.target, code)) !== image) return false;
      }
      return true;
    });
  }
}
