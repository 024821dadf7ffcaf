import type { LocalState } from '../../automaton/local-state.ts';
import type { GhostTable } from '../../kernel/ghost-table.ts';
import { withRoom } from '../../kernel/growing.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import { hasField, Opcode } from '../../kernel/opcode.ts';
import type { CompoundCode } from '../../kernel/program.ts';
import type { System } from '../../kernel/system.ts';
import type { Thread } from '../../model/protocol.ts';
import { digitsOf, movedFields, renamedRow, renamedValues, type Digits, type Renaming } from './renaming.ts';

/**
 * The renaming that lets threads change places as `threads` says, if it maps every thread's tables onto those of the
 * thread in whose place it goes; otherwise the reason why it does not.
 *
 * Walks both automata from their initial local states together: two local states fit if they ask for the same operation
 * on the same handles, their guards, compound steps and ghost updates are the same tables up to the new names of threads
 * in values, and so are all their futures. Numbers of local states may differ. Handles that are a thread's own are the same up to
 * whose they are. Of automata that are not closed it walks what is known of either, and learns that of both
 * (growing-nodes.ts goes on from there).
 */
export function renamingOf(kernel: Kernel, threads: Int32Array): Renaming | string {
  const { system } = kernel;
  const fields = movedFields(system, threads);
  if (typeof fields === 'string') return fields;
  const values = renamedValues(system, threads, fields);
  if (typeof values === 'string') return values;
  const apart = behindOtherGates(system, threads, fields);
  if (apart !== undefined) return apart;
  const nodes = system.learners.map(({ states }) => new Int32Array(states.length).fill(-1));
  const walk = new Walk(kernel, values, fields);
  for (const [thread, { initial }] of system.learners.entries()) {
    const other = threads[thread]!;
    const [own, its] = [system.learners[thread]!, system.learners[other]!];
    const open: (readonly [number, number])[] = [[initial, its.initial]];
    const taken = new Set<number>();
    for (let pair = open.pop(); pair !== undefined; pair = open.pop()) {
      const [node, image] = pair;
      nodes[thread] = withRoom(nodes[thread]!, node + 1);
      if (nodes[thread][node] === image) continue;
      const [mine, theirs] = [own.states[node]!, its.states[image]!];
      const results = nodes[thread][node]! >= 0 || taken.has(image) ? undefined : walk.results(thread, node, other, image);
      if (results === undefined) return differing(system, thread, mine, other, theirs);
      nodes[thread][node] = image;
      taken.add(image);
      results.forEach((result, code) => {
        if (mine.successors[code]! < 0 && theirs.successors[result]! < 0) return;
        open.push([own.next(node, code), its.next(image, result)]);
        walk.extend();
      });
    }
  }
  return { threads, nodes, values, fields };
}

/** Why threads do not stand behind the gates of those in whose place they go; undefined if they do. */
function behindOtherGates(system: System, threads: Int32Array, fields: Int32Array): string | undefined {
  const specs = system.scenario.threads;
  const fieldOf = ({ gate }: Thread): number | undefined => gate && system.gateField(system.numberOf(gate, 'a thread'));
  const apart = specs.find((spec, thread) => {
    const own = fieldOf(spec);
    return (own === undefined ? own : fields[own]) !== fieldOf(specs[threads[thread]!]!);
  });
  return apart && `${apart.name} stands behind a gate that tells the others apart`;
}

/** Why two local states do not fit. */
export function differing(system: System, thread: number, mine: LocalState, otherThread: number, theirs: LocalState): string {
  const { name } = system.scenario.threads[thread]!;
  const other = system.scenario.threads[otherThread]!.name;
  const [one, two] = [nameOf(mine), nameOf(theirs)];
  return name === other
    ? `${name} treats the others differently, at ${one}`
    : `${name} and ${other} differ, at ${one}${one === two ? '' : ` and ${two}`}`;
}

function nameOf({ pending }: LocalState): string {
  return pending.kind === 'operation' ? pending.operation.kind : pending.kind;
}

const identities: (readonly number[])[] = [];

/** So many results that stand for themselves. */
function identity(count: number): readonly number[] {
  return (identities[count] ??= Array.from({ length: count }, (_, code) => code));
}

/** Compares single local states. */
export class Walk {
  readonly #kernel: Kernel;
  readonly #values: Renaming['values'];
  readonly #fields: Renaming['fields'];

  constructor(kernel: Kernel, values: Renaming['values'], fields: Renaming['fields']) {
    this.#kernel = kernel;
    this.#values = values;
    this.#fields = fields;
  }

  /** Learners have learned. */
  extend(): void {
    for (const program of this.#kernel.programs) program.extend();
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
    const operand = mine.a[node]!;
    if ((hasField(mine.opcode[node]!) ? this.#fields[operand] : operand) !== theirs.a[image]) return undefined;
    let results = identity(successors.length);
    switch (mine.opcode[node]) {
      case Opcode.load:
        if (this.#values[operand] !== undefined) results = results.map((code) => this.#renamed(operand, code));
        break;
      case Opcode.store:
        if (this.#renamed(operand, mine.b[node]!) !== theirs.b[image]) return undefined;
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

  /** By field of a table: the digit of the other table that it goes to; undefined if the tables are not over the same fields. */
  #digits(mine: Digits, theirs: Digits): readonly number[] | undefined {
    return digitsOf(
      Array.from(mine.fields, (field) => this.#fields[field]!),
      [...theirs.fields],
    );
  }

  #compound(mine: CompoundCode, theirs: CompoundCode, count: number): readonly number[] | undefined {
    const { fields, table } = mine;
    const width = fields.length;
    const digits = this.#digits(mine, theirs);
    if (digits === undefined) return undefined;
    const results: number[] = Array.from({ length: count }, () => -1);
    for (let row = 0; row < table.rows; row++) {
      const image = renamedRow(this.#values, mine, theirs, digits, row);
      const outcome = table.outcome[row]!;
      const other = theirs.table.outcome[image]!;
      if (outcome < 0 ? outcome !== other : other < 0) return undefined;
      if (table.writes[row] !== theirs.table.writes[image]) return undefined;
      for (let k = 0; k < width; k++)
        if (this.#renamed(fields[k]!, table.next[row * width + k]!) !== theirs.table.next[image * width + digits[k]!]) return undefined;
      if (outcome < 0) continue;
      if (results[outcome]! >= 0 && results[outcome] !== other) return undefined;
      results[outcome] = other;
    }
    // A result that no row has leads nowhere that a run could go.
    const used = results.map((result, code) => (result < 0 ? code : result));
    return new Set(used).size === used.length ? used : undefined;
  }

  #sameGhost(mine: GhostTable, theirs: GhostTable, results: readonly number[]): boolean {
    const digits = this.#digits(mine, theirs);
    if (this.#fields[mine.target] !== theirs.target || digits === undefined) return false;
    return results.every((other, result) => {
      for (let row = 0; row < mine.rows; row++) {
        const code = mine.next[result * mine.rows + row]!;
        const image = theirs.next[other * mine.rows + renamedRow(this.#values, mine, theirs, digits, row)]!;
        if ((code < 0 ? code : this.#renamed(mine.target, code)) !== image) return false;
      }
      return true;
    });
  }
}
